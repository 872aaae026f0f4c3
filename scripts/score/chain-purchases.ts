import { type Address, decodeEventLog, toEventSelector } from 'viem'
import { issuanceAbi } from '#contracts/generated.ts'
import { ENTRY_BYTES } from '#contracts/terms.ts'
import type { PurchaseDay } from '#indexer/scoring/recency-frequency-value.ts'
import { type EventLog, eventLogs } from '../street/event-logs.ts'
import type { Rpc } from '../street/rpc.ts'

// What was bought, read from the chain's own events and from nothing else: no code of the mirror is used here, since a
// check that shares the code it checks is no check.

interface Purchase {
  readonly shop: number
  readonly member: string
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: number
  undone: bigint
}

const events = issuanceAbi.flatMap((item) =>
  item.type === 'event' && (item.name === 'Issued' || item.name === 'Reversed') ? [toEventSelector(item)] : [],
)

/** Purchase days of everybody up to a block, ascending by shop, member and day. */
export async function chainPurchaseDays(
  rpc: Rpc,
  of: { readonly issuance: Address; readonly from: number; readonly to: number; readonly timeZone: string },
): Promise<PurchaseDay[]> {
  const purchases = new Map<string, Purchase>()
  const { issuance: address, from, to } = of
  for await (const logs of eventLogs(rpc, { address, events, from, to })) for (const log of logs) take(purchases, log)
  return daysOf([...purchases.values()], of.timeZone)
}

function take(purchases: Map<string, Purchase>, { topics, data }: EventLog): void {
  const event = decodeEventLog({ abi: issuanceAbi, topics, data })
  if (event.eventName === 'Reversed') {
    const { shop, till, sequence, points } = event.args
    const purchase = purchases.get(`${shop} ${till} ${sequence}`)
    if (purchase === undefined) throw new Error(`what is undone was never bought: ${shop} ${till} ${sequence}`)
    purchase.undone += BigInt(points)
  }
  if (event.eventName !== 'Issued') return
  const { shop, till, firstSequence, issuedBits, entries } = event.args
  const bytes = Buffer.from(entries.slice(2), 'hex')
  for (let place = 0; place * ENTRY_BYTES < bytes.length; place += 1) {
    if (((issuedBits >> BigInt(place)) & 1n) === 0n) continue
    const at = place * ENTRY_BYTES
    purchases.set(`${shop} ${till} ${firstSequence + BigInt(place)}`, {
      shop,
      member: `0x${bytes.toString('hex', at, at + 20)}`,
      points: BigInt(bytes.readUIntBE(at + 20, 6)),
      spend: BigInt(bytes.readUIntBE(at + 26, 6)),
      soldAt: bytes.readUInt32BE(at + 32),
      undone: 0n,
    })
  }
}

function daysOf(purchases: readonly Purchase[], timeZone: string): PurchaseDay[] {
  const dayOf = dayIn(timeZone)
  const days = new Map<string, PurchaseDay>()
  for (const { shop, member, points, spend, soldAt, undone } of purchases) {
    if (undone > 0n && undone >= points) continue
    const kept = undone > 0n ? spend - (spend * undone) / points : spend
    const day = dayOf(soldAt)
    const key = `${shop} ${member} ${day}`
    days.set(key, { shop, member, day, spend: (days.get(key)?.spend ?? 0n) + kept })
  }
  return [...days.values()].sort((one, other) => {
    if (one.shop !== other.shop) return one.shop - other.shop
    if (one.member !== other.member) return one.member < other.member ? -1 : 1
    return one.day - other.day
  })
}

/** Days since 1970-01-01 by a time zone's calendar; asked once for each quarter of an hour. */
export function dayIn(timeZone: string): (seconds: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const known = new Map<number, number>()
  return (seconds) => {
    const quarter = Math.floor(seconds / 900)
    const found = known.get(quarter)
    if (found !== undefined) return found
    const day = Date.parse(`${format.format(new Date(quarter * 900_000))}T00:00:00Z`) / 86_400_000
    known.set(quarter, day)
    return day
  }
}
