import { issuedEntries } from '#indexer/chain/entries.ts'
import type { EventNamed } from '#indexer/chain/logs.ts'
import { reasonOf } from '#indexer/chain/reasons.ts'
import type { ShopOfToken } from './point-tokens.ts'
import type { Workspace } from './workspace.ts'

export type ReceiptEvent = EventNamed<'Issued' | 'ReceiptLeftOut' | 'Redeemed' | 'RedemptionRefused'>

/** Purchases, payments, and what was left out or refused. */
export function foldReceiptEvent(event: ReceiptEvent, work: Workspace, shopOf: ShopOfToken): void {
  switch (event.name) {
    case 'Issued':
      addPurchases(event, work)
      break
    case 'Redeemed':
      addPayment(event, work, shopOf)
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
  for (const entry of issuedEntries(entries, issuedBits)) {
    work.grown.purchase.push({
      shop,
      till,
      sequence: signed(firstSequence + BigInt(entry.index)),
      member: entry.member,
      points: entry.points,
      spend: entry.spend,
      sold_at: new Date(entry.soldAt * 1000),
      record: signed(record),
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

/**
 * The low 64 bits as Postgres' bigint holds them. A record bears the name of its first receipt, whose shop and till
 * stand beside it, so its sequence is enough. Numbers from 2^63 on wrap: a till may sign one, and must not stop us.
 */
const signed = (number: bigint): bigint => BigInt.asIntN(64, number)
