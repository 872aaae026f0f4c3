import { issuedEntries } from '#indexer/chain/entries.ts'
import type { EventName, EventNamed, NetworkEvent } from '#indexer/chain/logs.ts'
import { reasonOf } from '#indexer/chain/reasons.ts'
import type { Announced } from './announced.ts'
import type { ShopOfToken } from './point-tokens.ts'
import type { Workspace } from './workspace.ts'

const names = [
  'Issued',
  'ReceiptLeftOut',
  'Reversed',
  'Redeemed',
  'RedemptionRefused',
  'Refunded',
] as const satisfies readonly EventName[]

export type ReceiptEvent = EventNamed<(typeof names)[number]>

const receiptEvents: ReadonlySet<EventName> = new Set(names)

export const isReceiptEvent = (event: NetworkEvent): event is ReceiptEvent => receiptEvents.has(event.name)

/** Purchases and payments, what was undone of them, and what was left out or refused. */
export function foldReceiptEvent(
  event: ReceiptEvent,
  work: Workspace,
  { shopOf, announced }: { readonly shopOf: ShopOfToken; readonly announced: Announced },
): void {
  switch (event.name) {
    case 'Issued':
      addPurchases(event, work)
      break
    case 'Reversed':
      addReversal(event, work)
      break
    case 'Redeemed':
      addPayment(event, work, shopOf)
      break
    case 'Refunded':
      addRefund(event, work, { shopOf, announced })
      break
    case 'ReceiptLeftOut':
    case 'RedemptionRefused': {
      const { shop, till, sequence } = event.args
      work.grown.refusal.push({
        shop,
        till,
        kind: event.name === 'ReceiptLeftOut' ? 'purchase' : 'payment',
        sequence: signed(sequence),
        block_number: event.blockNumber,
        log_index: event.logIndex,
        reason: reasonOf(event),
      })
    }
  }
}

function addPurchases(event: EventNamed<'Issued'>, work: Workspace): void {
  const { shop, till, firstSequence, issuedBits, record, entries } = event.args
  const recorded = signed(record)
  let sold = new Date(0)
  for (const entry of issuedEntries(entries, issuedBits)) {
    // Entries side by side are mostly of one second.
    if (sold.getTime() !== entry.soldAt * 1000) sold = new Date(entry.soldAt * 1000)
    work.grown.purchase.push({
      shop,
      till,
      sequence: signed(firstSequence + BigInt(entry.index)),
      member: entry.member,
      points: entry.points,
      spend: entry.spend,
      sold_at: sold,
      record: recorded,
      block_number: event.blockNumber,
      log_index: event.logIndex,
      transaction_hash: event.transactionHash,
    })
  }
}

function addPayment(event: EventNamed<'Redeemed'>, work: Workspace, shopOf: ShopOfToken): void {
  const { shop, till, member, record, lines, lanes } = event.args
  const sequence = signed(event.args.sequence)
  const burned = lines.map((line, index) => ({
    issuer: shopOf(line.token),
    points: BigInt(line.points),
    lanes: lanes[index] ?? 0n,
  }))
  work.grown.payment.push({
    shop,
    till,
    sequence,
    member,
    purpose: BigInt(event.args.purpose),
    points: burned.reduce((sum, line) => sum + line.points, 0n),
    record: signed(record),
    block_number: event.blockNumber,
    log_index: event.logIndex,
    transaction_hash: event.transactionHash,
  })
  for (const line of burned) {
    work.grown.payment_line.push({ shop, till, sequence, ...line, block_number: event.blockNumber })
  }
}

function addReversal(event: EventNamed<'Reversed'>, work: Workspace): void {
  const { shop, till, member, byTill, points, taken, debt } = event.args
  work.grown.reversal.push({
    shop,
    till,
    sequence: signed(event.args.sequence),
    member,
    by_till: byTill,
    points: BigInt(points),
    taken: BigInt(taken),
    debt: BigInt(debt),
    block_number: event.blockNumber,
    log_index: event.logIndex,
    transaction_hash: event.transactionHash,
  })
}

/** The event names amounts only; which issuers' points came back, and in which lanes, their tokens have said before. */
function addRefund(
  event: EventNamed<'Refunded'>,
  work: Workspace,
  { shopOf, announced }: { readonly shopOf: ShopOfToken; readonly announced: Announced },
): void {
  const { shop, till, member, byTill } = event.args
  const place = { block_number: event.blockNumber, log_index: event.logIndex }
  const amounts = event.args.points.filter((points) => points > 0).map(BigInt)
  work.grown.refund.push({
    shop,
    till,
    sequence: signed(event.args.sequence),
    member,
    by_till: byTill,
    points: amounts.reduce((sum, points) => sum + points, 0n),
    ...place,
    transaction_hash: event.transactionHash,
  })
  for (const { token, points, packed } of announced.claim(event.transactionHash, member, amounts)) {
    work.grown.refund_line.push({ shop, ...place, issuer: shopOf(token), points, lanes: packed })
  }
}

/**
 * The low 64 bits as Postgres' bigint holds them. A record bears the name of its first receipt, whose shop and till
 * stand beside it, so its sequence is enough. Numbers from 2^63 on wrap: a till may sign one, and must not stop us.
 */
const signed = (number: bigint): bigint => BigInt.asIntN(64, number)
