import { keccak256 } from 'viem'
import type { Block, Receipt } from './node.ts'
import { reasonOfReverted } from './reasons.ts'
import { replaceStuck } from './replace.ts'
import type { Street } from './street.ts'
import { minedAbove, noteMined, noteVanished, type Submission, unsettled } from './submissions.ts'

/** How far back a reorganisation is looked for. */
const deepestReorg = 64n
/** A transaction the node has not mined is given to it again after so many blocks. */
const resendAfterBlocks = 5n
/** A number that is used though none of our transactions has a receipt: after so many blocks somebody else used it. */
const lostAfterBlocks = 12n

export interface Reconciled {
  readonly head: Block
  readonly minedCount: bigint
  /** How many transactions wait for a block. */
  readonly waiting: number
  /** How many of these carry lists of purchases. */
  readonly waitingLists: number
}

/** Brings the kept submissions and the chain together: what is mined is noted, what is not is sent again, as it is. */
export async function reconcile(street: Street): Promise<Reconciled> {
  const { node, account, database, memory } = street
  const head = await node.block('latest')
  if (head === null) throw new Error('a chain without a newest block')
  if (await chainChanged(street, head)) await reviewMined(street, head)
  const minedCount = await node.minedCount(account.address)
  const open = await unsettled(database, account.address, minedCount)
  const vanished = open.filter(({ nonce, state }) => nonce >= minedCount && state !== 'signed')
  if (vanished.length > 0) await forget(street, vanished)
  const used = open.filter(({ nonce }) => nonce < minedCount)
  await noteUsed(street, head, used)
  const waiting = open.filter(({ nonce }) => nonce >= minedCount)
  await resend(street, head, waiting)
  await replaceStuck(street, head, waiting[0])
  memory.head = head
  const waitingLists = waiting.filter(({ purpose }) => purpose === 'issue').length
  return { head, minedCount, waiting: waiting.length, waitingLists }
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
async function reviewMined(street: Street, head: Block): Promise<void> {
  const { database, account, memory } = street
  const known = memory.head?.number ?? head.number
  const lower = known < head.number ? known : head.number
  const review = await minedAbove(database, account.address, lower - deepestReorg)
  const minedCount = await street.node.minedCount(account.address)
  const vanished = review.filter(({ nonce }) => nonce >= minedCount)
  if (vanished.length > 0) await forget(street, vanished)
  await noteUsed(
    street,
    head,
    review.filter(({ nonce }) => nonce < minedCount),
  )
}

async function forget({ database, account, memory, log }: Street, vanished: readonly Submission[]): Promise<void> {
  const nonces = vanished.map(({ nonce }) => nonce)
  await noteVanished(database, account.address, nonces)
  for (const nonce of nonces) {
    memory.sentAtBlock.delete(nonce)
    if (nonce < memory.finishedBelow) memory.finishedBelow = nonce
  }
  memory.finishedAtBlock = -1n
  const facts = { event: 'blocks.vanished', from: `${nonces[0]}`, count: nonces.length }
  log.warn(facts, 'blocks vanished; their transactions are sent again')
}

async function noteUsed(street: Street, head: Block, used: readonly Submission[]): Promise<void> {
  const times = new Map<bigint, Block>()
  for (const few of inGroups(used, 50)) {
    const found = await receiptsOf(street, few)
    for (const [index, submission] of few.entries()) {
      const receipt = found[index]
      if (receipt) await noteReceipt(street, submission, { ...receipt, times })
      else await noteLost(street, head, submission)
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
  street: Street,
  submission: Submission,
  { hash, receipt, times }: Found & { readonly times: Map<bigint, Block> },
): Promise<void> {
  const { node, database, account, memory, log, failPoint } = street
  const { nonce } = submission
  const state = receipt.status === 'success' ? 'mined' : 'reverted'
  const block = times.get(receipt.blockNumber) ?? (await node.block(receipt.blockNumber))
  // Gone between two questions: the next turn finds where it went.
  if (block === null || block.hash !== receipt.blockHash) return
  times.set(block.number, block)
  const known = submission.state === state && submission.blockNumber === receipt.blockNumber
  const reason = state === 'reverted' && !known ? await reasonOfReverted(street, submission, receipt) : null
  await noteMined(database, account.address, { nonce, state, hash, block, reason })
  memory.sentAtBlock.delete(nonce)
  memory.lostSinceBlock.delete(nonce)
  if (nonce < memory.finishedBelow) memory.finishedBelow = nonce
  if (known) return
  const place = { nonce: `${nonce}`, hash, block: `${block.number}` }
  log.info({ event: 'transaction.mined', ...place, state, gasUsed: `${receipt.gasUsed}`, reason }, 'mined')
  failPoint('afterNoting')
}

/** Used by a transaction that is not ours: what ours would have done was not done. */
async function noteLost({ database, account, memory, log }: Street, head: Block, lost: Submission): Promise<void> {
  const since = memory.lostSinceBlock.get(lost.nonce) ?? head.number
  memory.lostSinceBlock.set(lost.nonce, since)
  if (head.number - since < lostAfterBlocks) return
  const { nonce, hash } = lost
  const facts = { event: 'transaction.displaced', nonce: `${nonce}`, hash }
  log.error(facts, 'another transaction used this number: is the key in use elsewhere?')
  const reason = 'another transaction used this number'
  await noteMined(database, account.address, { nonce, state: 'reverted', hash, block: null, reason })
  memory.lostSinceBlock.delete(nonce)
}

/** The same bytes again can never do the thing twice. */
async function resend({ node, memory, log }: Street, head: Block, waiting: readonly Submission[]): Promise<void> {
  for (const { nonce, hash, raw } of waiting) {
    const sentAt = memory.sentAtBlock.get(nonce)
    if (sentAt !== undefined && head.number < sentAt + resendAfterBlocks && head.number >= sentAt) continue
    const complaint = await node.send(raw)
    memory.sentAtBlock.set(nonce, head.number)
    log[complaint === null ? 'info' : 'warn']({ nonce: `${nonce}`, hash, complaint }, 'sent again')
  }
}

export function* inGroups<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
