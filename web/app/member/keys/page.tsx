import type { Metadata } from 'next'
import type { Session } from '#web/acts/session.ts'
import { accountNotices } from '#web/queries/account-notices.ts'
import { keyNames } from '#web/queries/key-names.ts'
import { type AccountKey, type MemberAccount, memberAccount } from '#web/queries/member-account.ts'
import type { Address } from '#web/queries/network.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { Live } from '#web/ui/live.tsx'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { Qr } from '#web/ui/qr.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { streetNow } from '../../now.ts'
import { session, signingPlace } from '../../person.ts'
import { AddDevice } from './add-device.tsx'
import { Devices, type ShownDevice } from './devices.tsx'
import { Happened } from './happened.tsx'
import { NotMe } from './not-me.tsx'
import { Recoverable } from './recoverable.tsx'
import { WhoHelps } from './who-helps.tsx'

export const metadata: Metadata = { title: 'Your devices' }

/** The devices that agree for a member, who may help them to another, and what happened to either. */
export default async function KeysPage({ searchParams }: { searchParams: Promise<{ code?: string | string[] }> }) {
  const inside = await session()
  if (inside?.person.role !== 'member') return <ComeInFirst who="member" />
  const account = inside.way === 'passkey' ? await memberAccount(inside.account) : null
  if (!account) return <NothingToLookAfter way={inside.way} />
  const asked = (await searchParams).code
  const [place, names, notices, given, now] = await Promise.all([
    signingPlace(inside),
    keyNames(inside.account),
    accountNotices(inside.account),
    formats(),
    streetNow(),
  ])
  const moment = momentWords(now, given)
  const here = inside.credential?.toString('base64url') ?? null
  const busy = account.pending.length > 0
  const { guardianToCome: next, recovery } = account
  const toCome = next && { name: helperName(next), from: moment(next.from) }
  return (
    <div className="mx-auto grid max-w-2xl grid-cols-1 gap-9">
      <Live pace={busy ? 'soon' : 'later'} />
      <PageTitle
        lead="Each of these agrees for you. Whoever helps you to a new one can never touch your points."
        title="Your devices"
      />
      <NotMe
        guardianToCome={toCome && { who: toCome.name, from: toCome.from }}
        place={place}
        recovery={
          recovery && {
            by: helperName(recovery.by),
            device: recovery.deviceWords,
            readyAt: moment(recovery.readyAt),
          }
        }
      />
      <Recoverable account={account} />
      <Devices
        busy={busy}
        devices={account.keys.map((key) => shownDevice(key, { names, here, moment }))}
        place={place}
      />
      <Adding account={account} code={typeof asked === 'string' ? codeTyped(asked) : ''} place={place} />
      <Helping account={account} busy={busy} place={place} toCome={toCome} />
      <Happened
        moment={moment}
        newest={notices[0]?.seen === false ? notices[0].id : null}
        told={notices.map((notice) => ({ notice, at: moment(notice.at), names }))}
      />
    </div>
  )
}

function NothingToLookAfter({ way }: { way: Session['way'] }) {
  return (
    <div className="mx-auto max-w-2xl">
      <PageTitle title="Your devices" />
      <Empty title="Nothing to look after here">
        {way === 'wallet'
          ? 'You came in with a wallet. It looks after its own keys, and knows how to get them back.'
          : 'This shopper of the demonstration has no device of their own. Join with a touch to see this page at work.'}
      </Empty>
    </div>
  )
}

function Adding({ account, code, place }: { account: MemberAccount; code: string; place: SigningPlace }) {
  const { publicOrigin, rpId } = network()
  const address = `${publicOrigin}/new-device`
  return (
    <AddDevice
      code={code}
      full={account.keys.length >= account.mostKeys}
      known={place.by === 'passkey' ? place.passkeys.map(({ id }) => id) : []}
      picture={<Qr className="size-44 rounded-2xl" label="Opens this street on the new device" text={address} />}
      place={place}
      rpId={rpId}
      where={address.replace(/^https?:\/\//, '')}
    />
  )
}

async function Helping({
  account,
  busy,
  place,
  toCome,
}: {
  account: MemberAccount
  busy: boolean
  place: SigningPlace
  toCome: { readonly name: string; readonly from: string } | null
}) {
  const { guardian } = account
  return (
    <WhoHelps
      busy={busy}
      now={guardian && { name: helperName(guardian), days: daysOf(guardian.delaySeconds) }}
      place={place}
      shops={(await shops()).flatMap(({ shop, name, token }) => (token === null ? [] : [{ shop, name }]))}
      toCome={toCome}
    />
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
