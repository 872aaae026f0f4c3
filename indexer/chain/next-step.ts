import type { Hex } from 'viem'

/** A block by its two names. */
export interface BlockName {
  readonly number: number
  readonly hash: Hex
}

/** Everything the decision needs: what we hold, and what the node has said so far. */
export interface Situation {
  /** Our newest blocks, ascending without a gap; the last one is the mirror's tip. Empty: nothing mirrored yet. */
  readonly held: readonly BlockName[]
  /** The first block of the network: nothing below it is ever mirrored. */
  readonly startBlock: number
  /** The node's newest block. */
  readonly nodeHead: number
  /** What the node says stands at these heights. */
  readonly nodeHashes: ReadonlyMap<number, Hex>
  /** Blocks up to this one were promised to stay. */
  readonly finalBlock: number
  /** What to do about a fork below finality: on a public chain an alarm, on the embedded chain an undo. */
  readonly belowFinal: 'stop' | 'undo'
  /** A head lower than ours on our own branch: a node that lags, or (embedded only) a chain that lost its end. */
  readonly lowerHead: 'wait' | 'undo'
}

export type Step =
  | { readonly step: 'wait' }
  | { readonly step: 'extend'; readonly from: number; readonly to: number }
  /** Ask the node for its hashes of these heights, then decide again. */
  | { readonly step: 'compare'; readonly from: number; readonly to: number }
  /** Older blocks of our own are needed to find the fork, then decide again. */
  | { readonly step: 'recall'; readonly below: number }
  /** Take back everything above this block; startBlock - 1 where no block is shared. */
  | { readonly step: 'undo'; readonly ancestor: number }
  | { readonly step: 'stop'; readonly ancestor: number }

const comparedAtOnce = 32

/**
 * Decides what the mirror does next. A lower head is no reorg; another hash at a height we know is. Forks are searched
 * by height against our own hashes, since a node need not know a block of a branch it has left.
 */
export function nextStep(situation: Situation): Step {
  const { held, startBlock, nodeHead } = situation
  const tip = held.at(-1)
  if (tip === undefined) {
    return nodeHead < startBlock ? { step: 'wait' } : { step: 'extend', from: startBlock, to: nodeHead }
  }
  if (nodeHead < startBlock) return { step: 'wait' }

  const highest = Math.min(tip.number, nodeHead)
  const shared = newestShared(situation, highest)
  if (typeof shared !== 'number') return shared

  if (shared === tip.number) {
    return nodeHead > tip.number ? { step: 'extend', from: tip.number + 1, to: nodeHead } : { step: 'wait' }
  }
  if (shared === highest && situation.lowerHead === 'wait') return { step: 'wait' }
  if (shared < situation.finalBlock && situation.belowFinal === 'stop') return { step: 'stop', ancestor: shared }
  return { step: 'undo', ancestor: shared }
}

/** The newest block up to `highest` that both sides have, or what must be known first to say so. */
function newestShared(situation: Situation, highest: number): number | Step {
  const { held, startBlock, nodeHashes } = situation
  const oldestHeld = held[0]?.number ?? startBlock
  for (let number = highest; number >= oldestHeld; number -= 1) {
    const theirs = nodeHashes.get(number)
    if (theirs === undefined) {
      return { step: 'compare', from: Math.max(oldestHeld, number - comparedAtOnce + 1), to: number }
    }
    if (theirs === held[number - oldestHeld]?.hash) return number
  }
  return oldestHeld > startBlock ? { step: 'recall', below: oldestHeld } : startBlock - 1
}
