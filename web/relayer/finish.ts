import type { Block } from './node.ts'
import { concludeFailed } from './operations.ts'
import { refuseOne } from './refuse.ts'
import { inTransaction, type Lane, type Street } from './street.ts'
import { bytes } from './submissions.ts'

/** A wish whose transactions were undone so often is given back to whoever wished it. */
const mostAttempts = 5

/** Gives each wish its end: what was undone waits again, what the books refused for good is refused. */
export async function finish(street: Street, head: Block): Promise<void> {
  for (const lane of street.lanes) await reopenReverted(street, lane, head)
  const { rows } = await street.database.query<{ final: bigint }>({
    name: 'final block',
    text: `SELECT c.final_block AS final FROM ledger.checkpoint c WHERE c.name = 'ledger'`,
  })
  const final = rows[0]?.final
  if (final === undefined || final === street.memory.finishedAtBlock) return
  // A mirror that went back tells about those blocks again.
  const wentBack = final < street.memory.finishedAtBlock
  for (const lane of street.lanes) {
    if (wentBack) lane.memory.finishedBelow = 0n
    await concludeRefused(street, lane, final)
  }
  await concludeFailed(street, final)
  await releaseHolds(street, final)
  for (const lane of street.lanes) await moveOn(street, lane, final)
  street.memory.finishedAtBlock = final
}

interface RevertedWish {
  readonly shop: number
  readonly key: string
  readonly kind: string
  readonly till: number | null
  readonly sequence: bigint | null
  readonly attempts: number
  readonly nonce: bigint
  readonly reason: string | null
}

async function reopenReverted(street: Street, { account }: Lane, head: Block): Promise<void> {
  const { database, network, log } = street
  const { rows } = await database.query<RevertedWish>({
    name: 'reverted wishes',
    text: `SELECT i.shop, i.key, i.kind, i.till, i.sequence, i.attempts, s.nonce, s.error AS reason
      FROM portal.submission s JOIN portal.intent i ON i.sent_by = s.sender AND i.sent_nonce = s.nonce
      WHERE s.sender = $1 AND s.state = 'reverted' AND i.state = 'sent'
        AND (s.block_number IS NULL OR s.block_number + $2 <= $3)`,
    values: [bytes(account.address), network.confirmations, head.number],
  })
  if (rows.length === 0) return
  await inTransaction(database, async () => {
    for (const wish of rows) {
      const facts = { reason: wish.reason ?? 'no reason given' }
      if (wish.attempts + 1 >= mostAttempts) await refuseOne(database, wish, { code: 'chainRefused', facts })
      else await reopen(street, wish)
    }
  })
  const facts = { event: 'wishes.undone', wishes: rows.length, first: rows[0]?.key, reason: rows[0]?.reason }
  log.warn(facts, 'undone by the chain; tried again')
}

async function reopen({ database }: Street, wish: RevertedWish): Promise<void> {
  await database.query({
    name: 'reopen wish',
    text: `UPDATE portal.intent SET state = 'open', attempts = attempts + 1, sent_by = NULL, sent_nonce = NULL
      WHERE shop = $1 AND key = $2 AND state = 'sent'`,
    values: [wish.shop, wish.key],
  })
  if (wish.kind !== 'purchase') return
  await database.query({
    name: 'reopen batches',
    text: `UPDATE portal.till_batch SET submitted_count = 0
      WHERE shop = $1 AND till = $2 AND first_sequence <= $3 AND first_sequence + count > $3`,
    values: [wish.shop, wish.till, wish.sequence],
  })
}

interface RefusedWish {
  readonly shop: number
  readonly key: string
  readonly kind: 'purchase' | 'payment'
  readonly reason: string
  /** The books hold a purchase or payment under this receipt; `same` when it is this very one. */
  readonly taken: boolean
  readonly same: boolean
}

// A refusal belongs to a wish when it stands in the block of the wish's present transaction: one of an earlier attempt
// has had its consequences already.
const refusedWishes = {
  name: 'refused wishes',
  text: `SELECT i.shop, i.key, i.kind, r.reason, (p.shop IS NOT NULL OR q.shop IS NOT NULL) AS taken,
      (p.member IS NOT DISTINCT FROM i.member AND p.points = i.points AND p.spend = i.spend AND p.sold_at = i.sold_at)
        OR (q.member IS NOT DISTINCT FROM i.member AND q.points = i.points) AS same
    FROM portal.submission s
    JOIN ledger.refusal r ON r.block_number = s.block_number
    JOIN portal.intent i ON i.shop = r.shop AND i.till = r.till AND i.kind = r.kind AND i.sequence = r.sequence
      AND i.sent_by = s.sender AND i.sent_nonce = s.nonce AND i.state = 'sent'
    LEFT JOIN ledger.purchase p
      ON i.kind = 'purchase' AND p.shop = i.shop AND p.till = i.till AND p.sequence = i.sequence
    LEFT JOIN ledger.payment q
      ON i.kind = 'payment' AND q.shop = i.shop AND q.till = i.till AND q.sequence = i.sequence
    WHERE s.sender = $1 AND s.nonce >= $2 AND s.state = 'mined' AND s.block_number <= $3`,
}

async function concludeRefused(street: Street, { account, memory }: Lane, final: bigint): Promise<void> {
  const { database, log, metrics } = street
  const { rows } = await database.query<RefusedWish>({
    ...refusedWishes,
    values: [bytes(account.address), memory.finishedBelow, final],
  })
  const ended = rows.filter(({ same }) => !same)
  if (ended.length === 0) return
  await inTransaction(database, async () => {
    for (const wish of ended) await conclude(street, wish)
  })
  metrics.ended(ended.length)
  const facts = { event: 'wishes.ended', refused: ended.length, first: ended[0]?.key, reason: ended[0]?.reason }
  log.info(facts, 'refused by the books')
}

const waitsFor: ReadonlySet<string> = new Set(['NotFunded', 'OverTillAllowance', 'OverShopAllowance'])

async function conclude({ database }: Street, wish: RefusedWish): Promise<void> {
  if (wish.kind === 'purchase' && waitsFor.has(wish.reason)) {
    // The points are on their way: it waits for the shop's reserve or allowance, however long that takes.
    await database.query({
      name: 'wait for room',
      text: `UPDATE portal.intent
        SET state = 'open', attempts = greatest(attempts, 1), sent_by = NULL, sent_nonce = NULL
        WHERE shop = $1 AND key = $2 AND state = 'sent'`,
      values: [wish.shop, wish.key],
    })
    return
  }
  const code = wish.taken ? 'receiptConflict' : `${wish.reason.charAt(0).toLowerCase()}${wish.reason.slice(1)}`
  await refuseOne(database, wish, { code, facts: {} })
}

/** Points that have moved for good are spoken for no longer. */
async function releaseHolds({ database }: Street, final: bigint): Promise<void> {
  await database.query({
    name: 'release holds',
    text: `DELETE FROM portal.hold h USING portal.intent i
      WHERE i.shop = h.intent_shop AND i.key = h.intent_key AND (i.state = 'refused'
        OR (i.kind = 'payment' AND EXISTS (SELECT FROM ledger.payment p
          WHERE p.shop = i.shop AND p.till = i.till AND p.sequence = i.sequence AND p.block_number <= $1))
        OR (i.kind = 'transfer' AND EXISTS (SELECT FROM ledger.event e
          WHERE e.name = 'AuthorizationUsed' AND e.args->>'authorizer' = i.payload->>'from'
            AND e.args->>'nonce' = i.payload->>'nonce' AND e.block_number <= $1))
        OR (i.kind = 'reversal' AND EXISTS (SELECT FROM portal.submission s
          WHERE s.sender = i.sent_by AND s.nonce = i.sent_nonce AND s.state = 'mined' AND s.block_number <= $1)))`,
    values: [final],
  })
}

/** Everything mined up to the first submission that is not final yet has had its consequences. */
async function moveOn({ database }: Street, { account, memory }: Lane, final: bigint): Promise<void> {
  const { rows } = await database.query<{ next: bigint }>({
    name: 'first unfinished submission',
    text: `SELECT coalesce(
        (SELECT min(s.nonce) FROM portal.submission s WHERE s.sender = $1 AND s.nonce >= $2
          AND (s.state = 'signed' OR s.block_number > $3)),
        (SELECT max(s.nonce) + 1 FROM portal.submission s WHERE s.sender = $1), 0) AS next`,
    values: [bytes(account.address), memory.finishedBelow, final],
  })
  memory.finishedBelow = rows[0]?.next ?? memory.finishedBelow
}
