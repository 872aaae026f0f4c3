import { type Hex, keccak256 } from 'viem'
import type { Block } from './node.ts'
import { callOf, type Parcel } from './parcel.ts'
import { priceAt } from './price.ts'
import { inTransaction, type Lane, type Street } from './street.ts'
import { bytes } from './submissions.ts'
import { type BatchWishes, nameOf, type Wishes } from './wishes.ts'

/**
 * Signs, writes down, then sends: whatever happens in between, the bytes that are kept are the only ones that can ever
 * do this. Answers whether a transaction was made.
 */
export async function submit(
  street: Street,
  lane: Lane,
  { head, parcel, gas, nonce }: { readonly head: Block; readonly parcel: Parcel; readonly gas: bigint; nonce: bigint },
): Promise<boolean> {
  const { network, node, log, failPoint, metrics } = street
  const { to, data } = callOf(parcel, network.contracts)
  const raw = await lane.account.signTransaction({
    ...{ type: 'eip1559', chainId: network.chainId, nonce: Number(nonce), to, data, gas, value: 0n },
    ...priceAt(head),
  })
  const hash = keccak256(raw)
  failPoint('beforeWriting')
  if (!(await writeDown(street, lane, { parcel, nonce, hash, raw }))) return false
  failPoint('afterWriting')
  const complaint = await node.send(raw)
  lane.memory.sentAtBlock.set(nonce, head.number)
  failPoint('afterSending')
  metrics.sent(parcel.purpose, parcel.jobs.length)
  const wishes = parcel.jobs.map((job) => nameOf(job.wishes))
  const facts = { lane: lane.account.address, nonce: `${nonce}`, hash, purpose: parcel.purpose, gas: `${gas}` }
  const what = { ...facts, jobs: wishes.length, wishes: wishes.slice(0, mostNamed) }
  if (complaint === null) log.info({ event: 'transaction.sent', ...what }, 'sent')
  else {
    const more = { event: 'transaction.notTaken', ...what, complaint }
    log.error(more, 'the node does not take this now; it is offered again')
  }
  return true
}

const mostNamed = 10

class NothingLeft extends Error {}

async function writeDown(
  { database }: Street,
  { account }: Lane,
  { parcel, nonce, hash, raw }: { readonly parcel: Parcel; nonce: bigint; readonly hash: Hex; readonly raw: Hex },
): Promise<boolean> {
  const sender = bytes(account.address)
  const work = async (): Promise<true> => {
    await database.query({
      name: 'write submission',
      text: `INSERT INTO portal.submission (sender, nonce, hash, raw, purpose, state, created_at)
        VALUES ($1, $2, $3, $4, $5, 'signed', now())`,
      values: [sender, nonce, bytes(hash), bytes(raw), parcel.purpose],
    })
    const wishes = parcel.jobs.map((job) => job.wishes)
    const single = wishes.filter((one) => 'key' in one)
    if (single.length > 0 && (await markSingles(database, single, [sender, nonce])) < single.length) {
      throw new NothingLeft()
    }
    const lists = wishes.filter((one): one is BatchWishes => !('key' in one))
    for (const list of lists) {
      const marked = await database.query(markPurchases(list, [sender, nonce]))
      if (marked.rowCount === 0) throw new NothingLeft()
    }
    if (lists.length > 0) await database.query(markBatches(lists))
    return true
  }
  try {
    return await inTransaction(database, work)
  } catch (error) {
    // Somebody else has dealt with a wish since it was read: nothing is sent, and the number stays free.
    if (error instanceof NothingLeft) return false
    throw error
  }
}

type Sent = readonly [sender: Buffer, nonce: bigint]

async function markSingles(
  database: Street['database'],
  wishes: readonly Extract<Wishes, { key: string }>[],
  sent: Sent,
): Promise<number> {
  const marked = await database.query({
    name: 'mark wishes sent',
    text: `UPDATE portal.intent i SET state = 'sent', sent_by = $1, sent_nonce = $2
      FROM unnest($3::int[], $4::text[]) AS w(shop, key) WHERE i.state = 'open' AND i.shop = w.shop AND i.key = w.key`,
    values: [...sent, wishes.map(({ shop }) => shop), wishes.map(({ key }) => key)],
  })
  return marked.rowCount ?? 0
}

function markPurchases({ shop, till, first, count }: BatchWishes, sent: Sent) {
  return {
    name: 'mark purchases sent',
    text: `UPDATE portal.intent SET state = 'sent', sent_by = $1, sent_nonce = $2
      WHERE state = 'open' AND shop = $3 AND till = $4 AND kind = 'purchase'
        AND sequence >= $5 AND sequence < $5 + $6::bigint`,
    values: [...sent, shop, till, first, count],
  }
}

/**
 * Tills add to these lists meanwhile, several in one transaction: the rows are locked in the order in which they lock
 * them (`storeLists`), or the two would wait for each other.
 */
export function markBatches(lists: readonly BatchWishes[]) {
  return {
    name: 'mark batches submitted',
    text: `UPDATE portal.till_batch b SET submitted_count = greatest(b.submitted_count, w.count)
      FROM (SELECT l.shop, l.till, l.first_sequence, l.count FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[])
          AS l(shop, till, first_sequence, count) JOIN portal.till_batch k USING (shop, till, first_sequence)
        ORDER BY l.shop, l.till, l.first_sequence FOR UPDATE OF k) w
      WHERE b.shop = w.shop AND b.till = w.till AND b.first_sequence = w.first_sequence`,
    values: [
      lists.map(({ shop }) => shop),
      lists.map(({ till }) => till),
      lists.map(({ first }) => first),
      lists.map(({ count }) => count),
    ],
  }
}
