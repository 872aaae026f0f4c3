import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import {
  type Directory,
  fetchHashes,
  fetchHead,
  fetchStretch,
  type NotTaken,
  type Stretch,
} from '#indexer/chain/fetch.ts'
import { type BlockName, nextStep, type Situation } from '#indexer/chain/next-step.ts'
import { type ChainNode, NodeRefused, NodeUnreachable } from '#indexer/chain/node.ts'
import { type Ledger, requireSameChain } from './ledger.ts'
import { Span } from './span.ts'
import type { Undone } from './undo.ts'

/** What following tells the one who started it. */
export interface FollowNews {
  /** Blocks were mirrored; `shops` are those with new purchases in them. */
  recorded(news: {
    readonly tip: number
    readonly head: number
    readonly events: number
    readonly shops: ReadonlySet<number>
  }): void
  undone(news: { readonly ancestor: number; readonly from: number; readonly how: Undone }): void
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
}

const longestPauseMs = 5_000
const recalledAtOnce = 64

/** Mirrors the chain until asked to stop, or until `until` is mirrored. Outages of the node are waited out. */
export async function follow(options: FollowOptions): Promise<void> {
  const { ledger, news, signal, until } = options
  const pollEveryMs = options.pollEveryMs ?? 200
  const span = new Span()
  let wasCaughtUp = false
  let failures = 0
  while (!signal.aborted) {
    if (until !== undefined && (ledger.tip?.number ?? -1) >= until) return
    let pauseMs = pollEveryMs
    try {
      const turn = await takeTurn(options, span)
      failures = turn === 'retry' ? failures + 1 : 0
      if (turn === 'caughtUp' && !wasCaughtUp && ledger.tip !== undefined) {
        wasCaughtUp = true
        news.caughtUp({ block: ledger.tip.number })
      }
      if (turn === 'again') continue
    } catch (error) {
      if (!(error instanceof NodeUnreachable || error instanceof NodeRefused)) throw error
      failures += 1
      news.troubled({ what: error.message })
    }
    if (failures > 0) pauseMs = Math.min(longestPauseMs, pollEveryMs * 2 ** Math.min(failures, 10))
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

type Turn = 'caughtUp' | 'again' | 'waiting' | 'retry'

/** Looks once at the node, and does what is to be done. */
async function takeTurn(options: FollowOptions, span: Span): Promise<Turn> {
  const { node, ledger, news } = options
  const { head, atOurTip } = await fetchHead(node, ledger.tip?.number)
  const step = await decide(options, head, atOurTip)
  switch (step.step) {
    case 'wait':
      return ledger.tip !== undefined && ledger.tip.number === head.number ? 'caughtUp' : 'waiting'
    case 'extend': {
      const to = options.until === undefined ? step.to : Math.min(step.to, options.until)
      const refusal = await extend(options, span, { from: step.from, to, head: head.number })
      if (refusal === undefined) return 'again'
      // A chain that moves while we look is everyday life; a node that contradicts itself is worth a word.
      if (refusal.refused !== 'moved') news.troubled({ what: `block ${refusal.at} not taken: ${refusal.detail}` })
      return 'retry'
    }
    case 'undo': {
      // A node that was replaced by one of another chain must not empty the books of this one.
      await requireSameChain(node, ledger.network)
      const from = ledger.tip?.number ?? step.ancestor
      const how = await ledger.undo(step.ancestor)
      news.undone({ ancestor: step.ancestor, from, how })
      return 'again'
    }
    case 'stop':
      news.forkedBelowFinal({ ancestor: step.ancestor, finalBlock: ledger.finalBlock })
      return 'retry'
  }
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

/** Mirrors `from`..`to`, fetching one stretch while the one before is written. */
async function extend(
  options: FollowOptions,
  span: Span,
  asked: { readonly from: number; readonly to: number; readonly head: number },
): Promise<NotTaken | undefined> {
  const { ledger, news, signal } = options
  const directory = new Map(ledger.directory())
  let fetching: ReturnType<typeof fetchNext> | undefined = fetchNext(options, span, directory, {
    from: asked.from,
    to: asked.to,
    after: ledger.tip?.hash,
  })
  while (fetching !== undefined && !signal.aborted) {
    const stretch: Stretch | NotTaken = await fetching
    if ('refused' in stretch) return stretch
    for (const token of stretch.newTokens) directory.set(token, 'points')
    const last = stretch.blocks.at(-1)
    fetching =
      last === undefined || last.number >= asked.to
        ? undefined
        : fetchNext(options, span, directory, { from: last.number + 1, to: asked.to, after: last.hash })
    // Its failure is met where it is awaited; should writing fail first, nobody will.
    fetching?.catch(() => undefined)
    await ledger.record(stretch, asked.head)
    news.recorded({
      tip: last?.number ?? asked.from,
      head: asked.head,
      events: stretch.events.length,
      shops: new Set(stretch.events.flatMap((event) => (event.name === 'Issued' ? [event.args.shop] : []))),
    })
  }
  return undefined
}

/** Fetches the next stretch, as long as the node bears it: a range too large for it is asked again in halves. */
async function fetchNext(
  options: FollowOptions,
  span: Span,
  directory: Directory,
  asked: { readonly from: number; readonly to: number; readonly after: Hex | undefined },
): Promise<Stretch | NotTaken> {
  for (;;) {
    const to = Math.min(asked.to, asked.from + span.blocks - 1)
    try {
      const stretch = await fetchStretch(options.node, directory, { ...asked, to })
      if (!('refused' in stretch)) span.learn(stretch.events.length)
      return stretch
    } catch (error) {
      const tooMuch = error instanceof NodeRefused || (error instanceof NodeUnreachable && error.timedOut)
      if (!tooMuch || to === asked.from || options.signal.aborted) throw error
      span.halve()
    }
  }
}
