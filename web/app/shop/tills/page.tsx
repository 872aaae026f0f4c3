import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { keysOf } from '#web/acts/api-keys.ts'
import { sentenceFor } from '#web/acts/sentences.ts'
import { revocationDeadline } from '#web/acts/switch-off-till.ts'
import { network } from '#web/queries/network.ts'
import { type ShopDesk, shopDesk } from '#web/queries/shop-desk.ts'
import { type ShopPeople, shopPeople } from '#web/queries/shop-people.ts'
import { unconfirmedAt } from '#web/queries/unconfirmed-lists.ts'
import { unpaidAt } from '#web/queries/unpaid.ts'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, valueOfPoints } from '#web/ui/money.ts'
import { PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { session, signingPlace } from '../../person.ts'
import { Keys, type ShownKey } from './keys.tsx'
import { People } from './people.tsx'
import { Shifts } from './shifts.tsx'
import { TillsAtAGlance } from './tills.tsx'
import { UnconfirmedSales } from './unconfirmed.tsx'
import { shownUnconfirmed } from './unconfirmed-shown.ts'
import { UnpaidAtTheDesk } from './unpaid.tsx'

export const metadata: Metadata = { title: 'Tills and people' }

/** Who works at the shop's tills, and what else may speak for the shop. */
export default async function TillsPage() {
  const inside = await session()
  if (inside?.person.role !== 'owner') return <ComeInFirst who="owner" />
  const { shop } = inside.person
  const [desk, people, keys, unpaid, unconfirmed, place, deadline, given] = await Promise.all([
    shopDesk(shop),
    shopPeople(shop),
    keysOf(shop),
    unpaidAt(shop),
    unconfirmedAt(shop),
    signingPlace(inside),
    revocationDeadline(),
    formats(),
  ])
  if (!desk) notFound()
  const moment = momentWords(given)
  return (
    <>
      <PageTitle
        lead="Who works at your tills, what was not paid, and which programs may ask in your shop’s name."
        title="Tills and people"
      />
      <div className="grid grid-cols-1 gap-10">
        {unconfirmed.length > 0 ? (
          <UnconfirmedSales
            issuance={network().contracts.issuance}
            place={place}
            shop={shop}
            tills={shownUnconfirmed(unconfirmed, given)}
          />
        ) : null}
        {unpaid.length > 0 ? (
          <UnpaidAtTheDesk
            shop={shop}
            unpaid={unpaid.map((one) => ({
              ...{ till: one.till, sequence: `${one.sequence}`, memberName: one.memberName, at: moment(one.at) },
              worth: formatMoneyDown(valueOfPoints(one.points, given.money), given.money),
              why: sentenceFor(one.code),
            }))}
          />
        ) : null}
        <div className="grid grid-cols-1 items-start gap-10 lg:grid-cols-2">
          <People
            cashiers={people.cashiers.map(({ cashier, name, stands, lockedUntil }) => ({
              ...{ cashier, name, shutOut: lockedUntil === null ? null : formatTime(lockedUntil, given.dates) },
              stands: stands && `${tillName(desk, stands.till)}, since ${formatTime(stands.since, given.dates)}`,
            }))}
            nextNumber={people.nextNumber}
            shop={shop}
          />
          <div className="grid gap-10">
            <TillsAtAGlance
              consortium={network().contracts.consortium}
              deadline={deadline}
              onDuty={onDuty(people)}
              place={place}
              shop={shop}
              tills={desk.tills}
            />
            <Shifts shifts={shiftsShown(people, { desk, given })} />
          </div>
        </div>
        <Keys keys={keys.map((key) => shownKey(key, moment))} shop={shop} />
      </div>
    </>
  )
}

/** "Today, 14:05" or "3 March, 14:05". */
function momentWords({ dates }: Formats): (at: Date) => string {
  const now = new Date()
  return (at) => `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`
}

const tillName = (desk: ShopDesk, number: number): string =>
  desk.tills.find(({ till }) => till === number)?.name ?? `Till ${number}`

const onDuty = ({ cashiers }: ShopPeople): ReadonlyMap<number, string> | null =>
  cashiers.length === 0
    ? null
    : new Map(cashiers.flatMap(({ name, stands }) => (stands ? [[stands.till, name] as const] : [])))

function shiftsShown({ shifts }: ShopPeople, { desk, given }: { readonly desk: ShopDesk; readonly given: Formats }) {
  const now = new Date()
  return shifts.map((shift) => ({
    name: shift.name,
    place: tillName(desk, shift.till),
    day: formatDay(shift.openedAt, now, given.dates),
    from: formatTime(shift.openedAt, given.dates),
    until: shift.endedAt && formatTime(shift.endedAt, given.dates),
    sales: shift.sales,
    payments: shift.payments,
  }))
}

function shownKey(key: Awaited<ReturnType<typeof keysOf>>[number], moment: (at: Date) => string): ShownKey {
  const { id, label, createdAt, expiresAt, revokedAt, lastUsedAt } = key
  const over = revokedAt ?? (expiresAt !== null && expiresAt <= new Date() ? expiresAt : null)
  return {
    ...{ id, label, madeAt: moment(createdAt) },
    usedAt: lastUsedAt && moment(lastUsedAt),
    servesUntil: over === null && expiresAt !== null ? moment(expiresAt) : null,
    overSince: over && moment(over),
  }
}
