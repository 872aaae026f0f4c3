import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { fetchHashes, fetchHead } from '#indexer/chain/fetch.ts'
import type { Heads } from '#indexer/chain/heads.ts'
import { type BlockName, nextStep, type Situation } from '#indexer/chain/next-step.ts'
import { type ChainNode, NodeTrouble } from '#indexer/chain/node.ts'
import type { NotTaken } from '#indexer/chain/stretch.ts'
import { extend, type Recorded } from './extend.ts'
import { type Fork, goOver } from './fork.ts'
import { LeadershipLost, notOurs } from './leadership.ts'
import { type Ledger, requireSameChain } from './ledger.ts'
import { Span } from './span.ts'
import type { Replaced } from './undo.ts'

/** What following tells the one who started it. */
export interface FollowNews {
  recorded(news: Recorded): void
  /** The chain forked, and the books have gone over to its branch. */
  undone(news: Replaced): void
  /** The mirror stands where the node's chain does. Told once. */
  caughtUp(news: { readonly block: number }): void
  /** Something outside is not as it should be; following goes on trying. */
  troubled(news: { readonly what: string }): void
  /** The node's chain forked below finality: nothing is written until it comes back to our branch. */
  forkedBelowFinal(news: { readonly ancestor: number; readonly finalBlock: number }): void
}

export interface FollowOptions {
  readonly node: ChainNode
  readonly ledger: Ledger
  /** The embedded chain may lose its end in a crash, so there the mirror follows it back, below finality too. */
  readonly embedded: boolean
  /** Stop when this block is mirrored. */
  readonly until: number | undefined
  readonly signal: AbortSignal
  readonly news: FollowNews
  readonly pollEveryMs?: number
  /** Who tells of new blocks, where the node does. */
  readonly heads?: Heads
}

const longestPauseMs = 5_000
const recalledAtOnce = 64
// Below finality a fork is an alarm wherever it is; so far down it is still looked for, to be named.
const searchedBelowFinal = 1_024

// A node that stands on another chain without any other sign is noticed within this time.
const chainAskedEveryMs = 2_000

/** What following remembers from one turn to the next. */
class Memory {
  readonly span = new Span()
  /** When the node last proved to stand on our chain, by performance.now(); undefined: ask again. */
  sameChainAt: number | undefined
  /** Turns in a row that came to nothing. */
  failures = 0
  toldLag = false
  /** How many new blocks had been told of when the last turn began. */
  told = 0
  /** Whether one was told of since the turn before. */
  hasNews = false
}

/**
 * Mirrors the chain until asked to stop, or until `until` is mirrored. Outages of the node are waited out. Throws
 * OtherChain where the node's chain was replaced by another.
 */
export async function follow(given: FollowOptions): Promise<void> {
  const { ledger, news, signal, until } = given
  const options = { ...given, node: untilStopped(given.node, signal) }
  const pollEveryMs = options.pollEveryMs ?? 200
  const memory = new Memory()
  let wasCaughtUp = false
  while (!signal.aborted) {
    if (until !== undefined && (ledger.tip?.number ?? -1) >= until) return
    if (!ledger.leads) throw new LeadershipLost(notOurs)
    let pauseMs = pollEveryMs
    const before = ledger.tip?.hash
    // What was written before it failed is no failure.
    const failed = () => (ledger.tip?.hash === before ? memory.failures + 1 : 1)
    try {
      const told = options.heads?.told ?? 0
      memory.hasNews = told > memory.told
      memory.told = told
      const turn = await takeTurn(options, memory)
      memory.failures = turn === 'retry' ? failed() : 0
      if (turn === 'caughtUp' && !wasCaughtUp && ledger.tip !== undefined) {
        wasCaughtUp = true
        news.caughtUp({ block: ledger.tip.number })
      }
      if (turn === 'again') continue
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof NodeTrouble)) throw error
      memory.failures = failed()
      // Whoever answers next may be another.
      memory.sameChainAt = undefined
      news.troubled({ what: error.message })
    }
    const { failures } = memory
    if (failures > 0) pauseMs = Math.min(longestPauseMs, pollEveryMs * 2 ** Math.min(failures, 10))
    await pause(options, memory, pauseMs)
  }
}

// A push that got lost costs this much; who listens need not ask more often.
const pollBesidePushMs = 1_000

/** Until it is time to look again, or a new block is told of. */
async function pause({ heads, signal }: FollowOptions, memory: Memory, ms: number): Promise<void> {
  if (heads === undefined) await sleep(ms, undefined, { signal }).catch(() => undefined)
  else if (memory.failures > 0 || !heads.listening) await heads.after(memory.told, ms, signal)
  else await heads.after(memory.told, Math.max(ms, pollBesidePushMs), signal)
}

/** A node whose answer is no longer waited for once we are asked to stop. */
function untilStopped(node: ChainNode, signal: AbortSignal): ChainNode {
  const ask: ChainNode['ask'] = (calls) =>
    new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason)
      // A listener for each question, taken away with its answer: a race with one promise would keep them all.
      signal.addEventListener('abort', stop, { once: true })
      node
        .ask(calls)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop))
    })
  return new Proxy(node, {
    get(target, name) {
      const value: unknown = name === 'ask' ? ask : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

type Turn = 'caughtUp' | 'again' | 'waiting' | 'retry'

/** Looks once at the node, and does what is to be done. */
async function takeTurn(options: FollowOptions, memory: Memory): Promise<Turn> {
  const { node, ledger } = options
  const since = performance.now()
  const expected = memory.hasNews ? 'next block' : 'nothing'
  const { head, atOurTip } = await fetchHead(node, ledger.tip?.number, expected)
  const step = await decide(options, head, atOurTip)
  switch (step.step) {
    case 'wait':
      return await waitFor(options, memory, head)
    case 'extend': {
      if (ledger.tip === undefined) await requireSameChain(node, ledger.network)
      const to = options.until === undefined ? step.to : Math.min(step.to, options.until)
      // Whoever stops before the head keeps what undoes the blocks up to there, not up to a head never reached.
      const until = Math.min(head.number, options.until ?? head.number)
      const refusal = await extend(options, memory.span, { from: step.from, to, head: until })
      return refusal === undefined ? 'again' : await notTaken(options, memory, refusal)
    }
    case 'undo':
      return await leaveOurBranch(options, memory, { ancestor: step.ancestor, head, until: options.until, since })
    case 'stop':
      return await stopAt(options, step.ancestor)
  }
}

/** Nothing to do, unless the node lags, or stands on another chain by now. */
async function waitFor({ node, ledger, news }: FollowOptions, memory: Memory, head: BlockName): Promise<Turn> {
  const lags = ledger.tip !== undefined && head.number < ledger.tip.number
  const now = performance.now()
  if (lags || memory.sameChainAt === undefined || now - memory.sameChainAt > chainAskedEveryMs) {
    await requireSameChain(node, ledger.network)
    memory.sameChainAt = now
  }
  if (lags && !memory.toldLag) {
    news.troubled({ what: `the node's newest block is ${head.number}, ours ${ledger.tip?.number}: waiting for it` })
  }
  memory.toldLag = lags
  return ledger.tip !== undefined && ledger.tip.number === head.number ? 'caughtUp' : 'waiting'
}

/** A chain that moves while we look is everyday life; one that never stands still is worth a word, as lies are. */
async function notTaken({ node, ledger, news }: FollowOptions, memory: Memory, refusal: NotTaken): Promise<Turn> {
  await requireSameChain(node, ledger.network)
  if (refusal.refused !== 'moved' || memory.failures >= 2) {
    news.troubled({ what: `block ${refusal.at} not taken: ${refusal.detail}` })
  }
  return 'retry'
}

async function leaveOurBranch(options: FollowOptions, memory: Memory, fork: Fork): Promise<Turn> {
  const went = await goOver(options, fork)
  if ('refused' in went) return await notTaken(options, memory, went)
  if ('tooDeep' in went) return await stopAt(options, went.tooDeep)
  options.news.undone(went)
  return 'again'
}

/** Below finality nothing is deleted: the alarm is all there is, until the chain comes back. */
async function stopAt({ node, ledger, news }: FollowOptions, ancestor: number): Promise<Turn> {
  await requireSameChain(node, ledger.network)
  news.forkedBelowFinal({ ancestor, finalBlock: ledger.finalBlock })
  return 'retry'
}

type Decision = Exclude<ReturnType<typeof nextStep>, { step: 'compare' } | { step: 'recall' }>

/** Asks the node and ourselves for hashes until the next step is certain. */
async function decide(options: FollowOptions, head: BlockName, atOurTip: Hex | undefined): Promise<Decision> {
  const { node, ledger, embedded } = options
  const tip = ledger.tip
  const nodeHashes = new Map<number, Hex>([[head.number, head.hash]])
  if (tip !== undefined && atOurTip !== undefined) nodeHashes.set(tip.number, atOurTip)
  let situation: Situation = {
    held: tip === undefined ? [] : [tip],
    startBlock: ledger.network.startBlock,
    nodeHead: head.number,
    nodeHashes,
    finalBlock: ledger.finalBlock,
    belowFinal: embedded ? 'undo' : 'stop',
    lowerHead: embedded ? 'undo' : 'wait',
  }
  for (;;) {
    const step = nextStep(situation)
    if (step.step === 'recall') {
      // So deep a fork is rare, and another chain looks just like it.
      if (situation.held.length === 1) await requireSameChain(node, ledger.network)
      if (!embedded && step.below < ledger.finalBlock - searchedBelowFinal) {
        return { step: 'stop', ancestor: step.below - 1 }
      }
      const older = await ledger.blocksBelow(step.below, recalledAtOnce)
      situation = { ...situation, held: [...older, ...situation.held] }
    } else if (step.step === 'compare') {
      const hashes = await fetchHashes(node, step.from, step.to)
      for (const [number, hash] of hashes) nodeHashes.set(number, hash)
      // The node lost a block between two questions: its head is lower now, and the next turn will see that.
      if (!hashes.has(step.to)) return { step: 'wait' }
    } else {
      return step
    }
  }
}
