import { type Hex, keccak256 } from 'viem'
import type { Job } from './collect.ts'
import type { Block } from './node.ts'
import { priceAt } from './price.ts'
import { type Reason, reasonOf } from './reasons.ts'
import { refuseWishes } from './refuse.ts'
import { inTransaction, type Street } from './street.ts'
import { bytes } from './submissions.ts'
import { nameOf, type Wishes } from './wishes.ts'

/** A no in a dry run must hold in so many different blocks: one may have lost what the call relies on. */
const refusalsNeeded = 3
const transactionGasCap = 16_777_216n

export interface Simulated {
  readonly job: Job
  /** null where the chain would say no, now or for good. */
  readonly gas: bigint | null
}

/** Tries the call without sending it. What the chain refuses again and again is refused to whoever wished it. */
export async function simulate(street: Street, head: Block, job: Job): Promise<Simulated> {
  const { memory, log } = street
  const name = nameOf(job.wishes)
  const before = memory.refusedDry.get(name)
  if (before?.atBlock === head.number) return { job, gas: null }
  const gas = await gasFor(street, job)
  if (typeof gas === 'bigint') {
    memory.refusedDry.delete(name)
    return { job, gas }
  }
  const times = (before?.times ?? 0) + 1
  // A pause ends, and the mirror will know of it: nothing is refused for that.
  if (times < refusalsNeeded || gas.code === 'issuingPaused') {
    memory.refusedDry.set(name, { times, atBlock: head.number })
    const facts = { event: 'wishes.doubted', wishes: name, ...gas }
    log.warn(facts, 'the chain would refuse this; tried again with the next block')
    return { job, gas: null }
  }
  memory.refusedDry.delete(name)
  await refuseWishes(street, job.wishes, gas)
  log.warn({ event: 'wishes.refused', wishes: name, ...gas }, 'refused')
  return { job, gas: null }
}

async function gasFor({ node, account }: Street, { to, data, gas, attempts }: Job): Promise<bigint | Reason> {
  const call = { from: account.address, to, data }
  if (gas !== null) {
    const answer = await node.call({ ...call, gas }, 'latest')
    return typeof answer === 'string' ? gas : reasonOf(answer)
  }
  const estimated = await node.estimateGas(call)
  if (typeof estimated !== 'bigint') return reasonOf(estimated)
  // Between now and its block others may make it dearer; what came back for lack of gas gets more.
  const padded = estimated + estimated / 4n + 50_000n + (estimated * BigInt(attempts)) / 2n
  return padded < transactionGasCap ? padded : transactionGasCap
}

/**
 * Signs, writes down, then sends: whatever happens in between, the bytes that are kept are the only ones that can ever
 * do this. Answers whether a transaction was made.
 */
export async function submit(
  street: Street,
  head: Block,
  { job, gas, nonce }: { readonly job: Job; readonly gas: bigint; readonly nonce: bigint },
): Promise<boolean> {
  const { account, network, node, memory, log, failPoint } = street
  const { to, data, purpose } = job
  const raw = await account.signTransaction({
    ...{ type: 'eip1559', chainId: network.chainId, nonce: Number(nonce), to, data, gas, value: 0n },
    ...priceAt(head),
  })
  const hash = keccak256(raw)
  failPoint('beforeWriting')
  if (!(await writeDown(street, job, { nonce, hash, raw }))) return false
  failPoint('afterWriting')
  const complaint = await node.send(raw)
  memory.sentAtBlock.set(nonce, head.number)
  failPoint('afterSending')
  const facts = { nonce: `${nonce}`, hash, purpose, wishes: nameOf(job.wishes), gas: `${gas}` }
  if (complaint === null) log.info({ event: 'transaction.sent', ...facts }, 'sent')
  else {
    const more = { event: 'transaction.notTaken', ...facts, complaint }
    log.error(more, 'the node does not take this now; it is offered again')
  }
  return true
}

class NothingLeft extends Error {}

async function writeDown(
  { database, account }: Street,
  { purpose, wishes }: Job,
  { nonce, hash, raw }: { readonly nonce: bigint; readonly hash: Hex; readonly raw: Hex },
): Promise<boolean> {
  const work = async (): Promise<true> => {
    await database.query({
      name: 'write submission',
      text: `INSERT INTO portal.submission (sender, nonce, hash, raw, purpose, state, created_at)
        VALUES ($1, $2, $3, $4, $5, 'signed', now())`,
      values: [bytes(account.address), nonce, bytes(hash), bytes(raw), purpose],
    })
    const marked = await database.query(markSent(wishes, bytes(account.address), nonce))
    if (marked.rowCount === 0) throw new NothingLeft()
    if (!('key' in wishes)) await database.query(markBatch(wishes))
    return true
  }
  try {
    return await inTransaction(database, work)
  } catch (error) {
    // Somebody else has dealt with the wish since it was read: nothing is sent, and the number stays free.
    if (error instanceof NothingLeft) return false
    throw error
  }
}

function markSent(wishes: Wishes, sender: Buffer, nonce: bigint) {
  const text = `UPDATE portal.intent SET state = 'sent', sent_by = $1, sent_nonce = $2
    WHERE state = 'open' AND shop = $3`
  if ('key' in wishes) {
    return { name: 'mark wish sent', text: `${text} AND key = $4`, values: [sender, nonce, wishes.shop, wishes.key] }
  }
  const { shop, till, first, count } = wishes
  return {
    name: 'mark purchases sent',
    text: `${text} AND till = $4 AND kind = 'purchase' AND sequence >= $5 AND sequence < $5 + $6::bigint`,
    values: [sender, nonce, shop, till, first, count],
  }
}

function markBatch({ shop, till, first, count }: Exclude<Wishes, { key: string }>) {
  return {
    name: 'mark batch submitted',
    text: `UPDATE portal.till_batch SET submitted_count = greatest(submitted_count, $4)
      WHERE shop = $1 AND till = $2 AND first_sequence = $3`,
    values: [shop, till, first, count],
  }
}
