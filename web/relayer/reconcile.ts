import { keccak256 } from 'viem'
import type { Block, Receipt } from './node.ts'
import { noteOutcomes } from './operations.ts'
import { reasonOfReverted } from './reasons.ts'
import { replaceStuck } from './replace.ts'
import type { Lane, Street } from './street.ts'
import { minedAbove, noteMined, noteVanished, type Submission, unsettled } from './submissions.ts'

/** How far back a reorganisation is looked for. */
const deepestReorg = 64n
/** A transaction the node has not mined is given to it again after so many blocks. */
const resendAfterBlocks = 5n
/** A number that is used though none of our transactions has a receipt: after so many blocks somebody else used it. */
const lostAfterBlocks = 12n

export interface Reconciled {
  readonly head: Block
  readonly lanes: readonly LaneStanding[]
}

export interface LaneStanding {
  readonly lane: Lane
  readonly minedCount: bigint
  /** How many transactions wait for a block. */
  readonly waiting: number
  /** How many of these carry lists of purchases. */
  readonly waitingLists: number
}

/** Brings the kept submissions and the chain together: what is mined is noted, what is not is sent again, as it is. */
export async function reconcile(street: Street): Promise<Reconciled> {
  const { node, memory, lanes } = street
  const head = await node.block('latest')
  if (head === null) throw new Error('a chain without a newest block')
  const changed = await chainChanged(street, head)
  const standings: LaneStanding[] = []
  for (const lane of lanes) {
    if (changed) await reviewMined(street, lane, head)
    standings.push(await reconcileLane(street, lane, head))
  }
  memory.head = head
  return { head, lanes: standings }
}

async function reconcileLane(street: Street, lane: Lane, head: Block): Promise<LaneStanding> {
  const { node, database } = street
  const { address } = lane.account
  const minedCount = await node.minedCount(address)
  const open = await unsettled(database, address, minedCount)
  const vanished = open.filter(({ nonce, state }) => nonce >= minedCount && state !== 'signed')
  if (vanished.length > 0) await forget(street, lane, vanished)
  await noteUsed(
    { street, lane, head },
    open.filter(({ nonce }) => nonce < minedCount),
  )
  const waiting = open.filter(({ nonce }) => nonce >= minedCount)
  await resend(street, lane, { head, waiting })
  await replaceStuck(street, lane, { head, first: waiting[0] })
  lane.memory.waiting = waiting.length
  const waitingLists = waiting.filter(({ purpose }) => purpose === 'issue').length
  return { lane, minedCount, waiting: waiting.length, waitingLists }
}

/** Whether blocks seen before may be gone. Unknown, as at the start, counts as yes. */
async function chainChanged({ node, memory }: Street, head: Block): Promise<boolean> {
  const last = memory.head
  if (last === null) return true
  if (head.hash === last.hash) return false
  if (head.number <= last.number) return true
  return (await node.block(last.number))?.hash !== last.hash
}

/** Looks again at everything that was mined lately: it may stand in another block now, or in none. */
async function reviewMined(street: Street, lane: Lane, head: Block): Promise<void> {
  const { database, memory, node } = street
  const { address } = lane.account
  const known = memory.head?.number ?? head.number
  const lower = known < head.number ? known : head.number
  const review = await minedAbove(database, address, lower - deepestReorg)
  const minedCount = await node.minedCount(address)
  const vanished = review.filter(({ nonce }) => nonce >= minedCount)
  if (vanished.length > 0) await forget(street, lane, vanished)
  await noteUsed(
    { street, lane, head },
    review.filter(({ nonce }) => nonce < minedCount),
  )
}

async function forget(
  { database, memory, log, metrics }: Street,
  lane: Lane,
  vanished: readonly Submission[],
): Promise<void> {
  const nonces = vanished.map(({ nonce }) => nonce)
  await noteVanished(database, lane.account.address, nonces)
  for (const nonce of nonces) {
    lane.memory.sentAtBlock.delete(nonce)
    if (nonce < lane.memory.finishedBelow) lane.memory.finishedBelow = nonce
  }
  memory.finishedAtBlock = -1n
  metrics.vanished(nonces.length)
  const facts = { event: 'blocks.vanished', lane: lane.account.address, from: `${nonces[0]}`, count: nonces.length }
  log.warn(facts, 'blocks vanished; their transactions are sent again')
}

interface Place {
  readonly street: Street
  readonly lane: Lane
  readonly head: Block
}

async function noteUsed(place: Place, used: readonly Submission[]): Promise<void> {
  const times = new Map<bigint, Block>()
  for (const few of inGroups(used, 50)) {
    const found = await receiptsOf(place.street, few)
    for (const [index, submission] of few.entries()) {
      const receipt = found[index]
      if (receipt) await noteReceipt(place, submission, { ...receipt, times })
      else await noteLost(place, submission)
    }
  }
}

interface Found {
  readonly hash: Submission['hash']
  readonly receipt: Receipt
}

/** The receipt of each, under whichever of its signatures was mined. */
async function receiptsOf({ node }: Street, submissions: readonly Submission[]): Promise<(Found | null)[]> {
  const questions = submissions.flatMap((submission, index) => hashesOf(submission).map((hash) => ({ index, hash })))
  const receipts = await node.receipts(questions.map(({ hash }) => hash))
  const found: (Found | null)[] = submissions.map(() => null)
  for (const [question, { index, hash }] of questions.entries()) {
    const receipt = receipts[question]
    if (receipt) found[index] = { hash, receipt }
  }
  return found
}

function hashesOf({ raw, hash, replaced }: Submission): Submission['hash'][] {
  return [...new Set([keccak256(raw), hash, ...replaced])]
}

async function noteReceipt(
  { street, lane }: Place,
  submission: Submission,
  { hash, receipt, times }: Found & { readonly times: Map<bigint, Block> },
): Promise<void> {
  const { node, database, log, metrics, failPoint } = street
  const { address } = lane.account
  const { nonce } = submission
  const state = receipt.status === 'success' ? 'mined' : 'reverted'
  const block = times.get(receipt.blockNumber) ?? (await node.block(receipt.blockNumber))
  // Gone between two questions: the next turn finds where it went.
  if (block === null || block.hash !== receipt.blockHash) return
  times.set(block.number, block)
  const known = submission.state === state && submission.blockNumber === receipt.blockNumber
  const reason = state === 'reverted' && !known ? await reasonOfReverted(street, submission, receipt) : null
  if (submission.purpose === 'operate') await noteOutcomes(street, lane, { nonce, receipt })
  await noteMined(database, address, { nonce, state, hash, block, reason })
  lane.memory.sentAtBlock.delete(nonce)
  lane.memory.lostSinceBlock.delete(nonce)
  if (nonce < lane.memory.finishedBelow) lane.memory.finishedBelow = nonce
  if (known) return
  metrics.mined(state, receipt.gasUsed)
  const place = { lane: address, nonce: `${nonce}`, hash, block: `${block.number}` }
  log.info({ event: 'transaction.mined', ...place, state, gasUsed: `${receipt.gasUsed}`, reason }, 'mined')
  failPoint('afterNoting')
}

/** Used by a transaction that is not ours: what ours would have done was not done. */
async function noteLost({ street, lane, head }: Place, lost: Submission): Promise<void> {
  const { database, log } = street
  const since = lane.memory.lostSinceBlock.get(lost.nonce) ?? head.number
  lane.memory.lostSinceBlock.set(lost.nonce, since)
  if (head.number - since < lostAfterBlocks) return
  const { nonce, hash } = lost
  const facts = { event: 'transaction.displaced', lane: lane.account.address, nonce: `${nonce}`, hash }
  log.error(facts, 'another transaction used this number: is the key in use elsewhere?')
  const reason = 'another transaction used this number'
  await noteMined(database, lane.account.address, { nonce, state: 'reverted', hash, block: null, reason })
  lane.memory.lostSinceBlock.delete(nonce)
}

/** The same bytes again can never do the thing twice. */
async function resend(
  { node, log, metrics }: Street,
  { memory }: Lane,
  { head, waiting }: { readonly head: Block; readonly waiting: readonly Submission[] },
): Promise<void> {
  for (const { nonce, hash, raw } of waiting) {
    const sentAt = memory.sentAtBlock.get(nonce)
    if (sentAt !== undefined && head.number < sentAt + resendAfterBlocks && head.number >= sentAt) continue
    const complaint = await node.send(raw)
    memory.sentAtBlock.set(nonce, head.number)
    metrics.resent()
    log[complaint === null ? 'info' : 'warn']({ nonce: `${nonce}`, hash, complaint }, 'sent again')
  }
}

export function* inGroups<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
