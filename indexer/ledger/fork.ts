import { fetchStretch } from '#indexer/chain/fetch.ts'
import type { BlockName } from '#indexer/chain/next-step.ts'
import type { Directory, NotTaken, Stretch } from '#indexer/chain/stretch.ts'
import { Ahead, type Reading } from './ahead.ts'
import { failPoint } from './fail-point.ts'
import { type Ground, type Ledger, requireSameChain } from './ledger.ts'
import { Span } from './span.ts'
import type { Replaced } from './undo.ts'

// Of what was read and verified this much stays in memory. What is longer is read a second time while it is written.
const eventsKept = 20_000
// How far beyond our old tip the new branch is taken over in the same step; from there on it is followed as always.
const beyondOurTip = 32

/** A fork of the node's chain from ours. */
export interface Fork {
  /** The newest block that both have; startBlock - 1 where there is none. */
  readonly ancestor: number
  readonly head: BlockName
  /** The last block to be mirrored, where there is one. */
  readonly until: number | undefined
  /** When it was noticed, by performance.now(). */
  readonly since: number
}

/** The fork is deeper than can be undone, and here nothing that was final is deleted. */
export interface TooDeep {
  readonly tooDeep: number
}

/**
 * Goes over to the node's branch. The new branch is read and verified as far as our old one reached before anything is
 * deleted: a node that announces a branch and cannot deliver it costs nothing. Then all happens in one transaction.
 */
export async function goOver(
  parties: Reading & { readonly ledger: Ledger; readonly embedded: boolean },
  fork: Fork,
): Promise<Replaced | NotTaken | TooDeep> {
  const { node, ledger, embedded, signal } = parties
  const ground = await ledger.groundAt(fork.ancestor)
  // Only our own chain, which may lose its end in a crash, is filled again from the first block.
  if (ground.how === 'emptied' && !embedded) return { tooDeep: fork.ancestor }
  const to = Math.min(fork.head.number, (ledger.tip?.number ?? 0) + beyondOurTip, fork.until ?? fork.head.number)
  const branch = await readBranch({ node, signal }, ground, { from: firstOf(ground, ledger), to })
  if ('refused' in branch) return branch
  // Asked after the reading: a node that was replaced by one of another chain must not empty the books of this one.
  await requireSameChain(node, ledger.network)
  failPoint('branchVerified')
  try {
    const stretches = () => readAgain({ node, signal }, branch)
    return await ledger.replace(ground, { head: fork.head.number, since: fork.since, stretches })
  } catch (error) {
    if (error instanceof BranchMoved) return error.notTaken
    throw error
  }
}

const firstOf = (ground: Ground, ledger: Ledger): number => (ground.below?.number ?? ledger.network.startBlock - 1) + 1

/** A verified piece of a branch: kept, or, where there is too much to keep, known by the hash of its last block. */
interface Piece {
  readonly from: number
  readonly last: BlockName
  readonly after: BlockName['hash'] | undefined
  readonly stretch: Stretch | undefined
}

interface Branch {
  readonly pieces: readonly Piece[]
  readonly directory: Directory
}

async function readBranch(
  reading: Reading,
  ground: Ground,
  range: { readonly from: number; readonly to: number },
): Promise<Branch | NotTaken> {
  const directory = new Map(ground.directory)
  const pieces: Piece[] = []
  let after = ground.below?.hash
  let events = 0
  const ahead = new Ahead({ ...reading, ...range, directory, span: new Span(), after })
  for (let stretch = await ahead.next(); stretch !== undefined; stretch = await ahead.next()) {
    if ('refused' in stretch) return stretch
    const [first, last] = [stretch.blocks[0], stretch.blocks.at(-1)]
    if (first === undefined || last === undefined) throw new Error('a stretch without a block was taken')
    for (const [address, kind] of stretch.newcomers) directory.set(address, kind)
    events += stretch.events.length
    pieces.push({ from: first.number, last, after, stretch: events <= eventsKept ? stretch : undefined })
    after = last.hash
  }
  reading.signal.throwIfAborted()
  return { pieces, directory }
}

/** The node changed its mind between the first reading and the second: nothing may be written. */
class BranchMoved extends Error {
  override readonly name = 'BranchMoved'
  readonly notTaken: NotTaken

  constructor(notTaken: NotTaken) {
    super(notTaken.detail)
    this.notTaken = notTaken
  }
}

/** The branch, piece by piece, as it was verified; what was not kept is read, and verified, again. */
async function* readAgain({ node, signal }: Reading, branch: Branch): AsyncGenerator<Stretch> {
  for (const { from, last, after, stretch: kept } of branch.pieces) {
    signal.throwIfAborted()
    const stretch = kept ?? (await fetchStretch(node, branch.directory, { from, to: last.number, after }))
    if ('refused' in stretch) throw new BranchMoved(stretch)
    const hash = stretch.blocks.at(-1)?.hash
    if (hash !== last.hash) {
      const detail = `it was ${last.hash} when it was verified, and is ${hash} now`
      throw new BranchMoved({ refused: 'moved', at: last.number, detail })
    }
    yield stretch
  }
}
