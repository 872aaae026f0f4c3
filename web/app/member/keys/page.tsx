import type { Metadata } from 'next'
import { accountNotices } from '#web/queries/account-notices.ts'
import { keyNames } from '#web/queries/key-names.ts'
import { type AccountKey, memberAccount } from '#web/queries/member-account.ts'
import type { Address } from '#web/queries/network.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { Live } from '#web/ui/live.tsx'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { Qr } from '#web/ui/qr.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { streetNow } from '../../now.ts'
import { session, signingPlace } from '../../person.ts'
import { AddDevice } from './add-device.tsx'
import { Devices, type ShownDevice } from './devices.tsx'
import { Happened } from './happened.tsx'
import { Helper } from './helper.tsx'
import { NotMe } from './not-me.tsx'
import { Recoverable } from './recoverable.tsx'

export const metadata: Metadata = { title: 'Your devices' }

/** The devices that agree for a member, who may help them to another, and what happened to either. */
export default async function KeysPage({ searchParams }: { searchParams: Promise<{ code?: string | string[] }> }) {
  const inside = await session()
  if (inside?.person.role !== 'member') return <ComeInFirst who="member" />
  const account = inside.way === 'passkey' ? await memberAccount(inside.account) : null
  if (!account) {
    return (
      <div className="mx-auto max-w-2xl">
        <PageTitle title="Your devices" />
        <Empty title="Nothing to look after here">
          {inside.way === 'wallet'
            ? 'You came in with a wallet. It looks after its own keys, and knows how to get them back.'
            : 'This shopper of the demonstration has no device of their own. Join with a touch to see this page at work.'}
        </Empty>
      </div>
    )
  }
  const asked = (await searchParams).code
  const [place, names, notices, given, now, street] = await Promise.all([
    signingPlace(inside),
    keyNames(inside.account),
    accountNotices(inside.account),
    formats(),
    streetNow(),
    shops(),
  ])
  const moment = momentWords(now, given)
  const here = inside.credential?.toString('base64url') ?? null
  const busy = account.pending.length > 0
  const { publicOrigin, rpId } = network()
  return (
    <div className="mx-auto grid max-w-2xl grid-cols-1 gap-9">
      <Live pace={busy ? 'soon' : 'later'} />
      <PageTitle
        lead="Each of these agrees for you. Whoever helps you to a new one can never touch your points."
        title="Your devices"
      />
      <NotMe
        guardianToCome={
          account.guardianToCome && {
            who: helperName(account.guardianToCome),
            from: moment(account.guardianToCome.from),
          }
        }
        place={place}
        recovery={
          account.recovery && {
            by: helperName(account.recovery.by),
            device: account.recovery.deviceWords,
            readyAt: moment(account.recovery.readyAt),
          }
        }
      />
      <Recoverable account={account} />
      <Devices
        busy={busy}
        devices={account.keys.map((key) => shownDevice(key, { names, here, moment }))}
        place={place}
      />
      <AddDevice
        code={typeof asked === 'string' ? codeTyped(asked) : ''}
        full={account.keys.length >= account.mostKeys}
        known={place.by === 'passkey' ? place.passkeys.map(({ id }) => id) : []}
        picture={
          <Qr
            className="size-44 rounded-2xl"
            label="Opens this street on the new device"
            text={`${publicOrigin}/new-device`}
          />
        }
        place={place}
        rpId={rpId}
        where={`${new URL(publicOrigin).host}/new-device`}
      />
      <Helper
        busy={busy}
        now={account.guardian && { name: helperName(account.guardian), days: daysOf(account.guardian.delaySeconds) }}
        place={place}
        shops={street.flatMap(({ shop, name, token }) => (token === null ? [] : [{ shop, name }]))}
        toCome={
          account.guardianToCome && {
            name: helperName(account.guardianToCome),
            from: moment(account.guardianToCome.from),
          }
        }
      />
      <Happened
        newest={notices[0]?.seen === false ? notices[0].id : null}
        told={notices.map((notice) => ({ notice, at: moment(notice.at), names }))}
        moment={moment}
      />
    </div>
  )
}

type Moment = (at: Date) => string

/** "4 December, 14:05" */
const momentWords =
  (now: Date, { dates }: Formats): Moment =>
  (at) =>
    `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`

function helperName(
  who: { readonly nobody: true } | { readonly shop: { readonly name: string } | null; readonly calledName: string },
): string {
  if ('nobody' in who) return 'nobody'
  return who.shop?.name ?? who.calledName
}

const daysOf = (seconds: number): number => Math.round(seconds / 86_400)

interface Known {
  readonly names: ReadonlyMap<Address, string>
  readonly here: string | null
  readonly moment: Moment
}

function shownDevice(key: AccountKey, { names, here, moment }: Known): ShownDevice {
  return {
    key: key.key,
    name: names.get(key.key) ?? null,
    words: key.words ?? 'A device',
    credential: key.credential,
    here: key.credential !== null && key.credential === here,
    addedAt: key.addedAt && moment(key.addedAt),
    settledFrom: key.settled || key.settledFrom === null ? null : moment(key.settledFrom),
  }
}
