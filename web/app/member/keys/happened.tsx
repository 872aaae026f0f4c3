import type { AccountNotice } from '#web/queries/account-notices.ts'
import type { Address } from '#web/queries/network.ts'
import { classes } from '#web/ui/classes.ts'
import { SectionTitle } from '#web/ui/parts.tsx'
import { Seen } from './seen.tsx'

interface Told {
  readonly notice: AccountNotice
  readonly at: string
  readonly names: ReadonlyMap<Address, string>
}

/** What happened to the account, as the chain has it; nothing of it is ever lost or told twice. */
export function Happened({
  told,
  newest,
  moment,
}: {
  told: readonly Told[]
  /** The newest notice that was not seen before; null where all were. */
  newest: string | null
  moment: (at: Date) => string
}) {
  if (told.length === 0) return null
  return (
    <section>
      <SectionTitle title="What happened" />
      {newest === null ? null : <Seen upTo={newest} />}
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {told.map(({ notice, at, names }) => (
          <li className="py-3" key={notice.id}>
            <p className={classes(notice.seen ? '' : 'font-semibold')}>{wordsOf(notice, names, moment)}</p>
            <p className="figures text-soft text-sm">{at}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function wordsOf(notice: AccountNotice, names: ReadonlyMap<Address, string>, moment: (at: Date) => string): string {
  switch (notice.kind) {
    case 'recoveryStarted':
      return `A change of key was begun${notice.open ? `, for ${moment(notice.readyAt)}` : ''}`
    case 'recoveryVetoed':
      return 'A change of key was stopped'
    case 'recovered':
      return 'Your key was changed: one new device, and none of those before'
    case 'guardianChosen':
      return notice.guardian === null
        ? `Nobody was chosen to help you, from ${moment(notice.from)}`
        : `Somebody was chosen to help you, from ${moment(notice.from)}`
    case 'guardianKept':
      return 'The new choice of who helps you was refused'
    case 'keyAdded':
      return `${names.get(notice.key) ?? notice.words ?? 'A device'} was added`
    case 'keyRemoved':
      return `${names.get(notice.key) ?? notice.words ?? 'A device'} was removed`
  }
}
