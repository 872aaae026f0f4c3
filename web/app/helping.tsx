import type { Session } from '#web/acts/session.ts'
import { guardedAccounts } from '#web/queries/guarded-accounts.ts'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'
import { formats } from './formats.ts'
import { HelpForm } from './help-form.tsx'
import { streetNow } from './now.ts'
import { signingPlace } from './person.ts'

/** Somebody whose phone is lost stands before their guardian: a shop's owner, or another member. */
export async function Helping({ inside, search }: { inside: Session; search: string }) {
  const [guarded, place, { dates }, now] = await Promise.all([
    guardedAccounts(inside.account, { search }),
    signingPlace(inside),
    formats(),
    streetNow(),
  ])
  const moment = (at: Date) => `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`
  return (
    <div className="mx-auto max-w-2xl">
      <PageTitle
        lead="They trusted you with this. You can help them to a new device; you can never move their points."
        title="Somebody lost their phone"
      />
      {guarded.length === 0 && search === '' ? (
        <Empty title="Nobody has chosen you">
          Whoever joins can say whom they trust. If somebody trusts you, they appear here.
        </Empty>
      ) : (
        <HelpForm
          people={guarded.map(({ member, calledName, code, delaySeconds, recovery }) => ({
            ...{ member, name: calledName, code: spacedCode(code), days: Math.round(delaySeconds / 86_400) },
            waits: recovery && moment(recovery.readyAt),
          }))}
          place={place}
          search={search}
        />
      )}
    </div>
  )
}
