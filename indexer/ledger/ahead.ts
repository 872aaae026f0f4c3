import type { Hex } from 'viem'
import { fetchStretch } from '#indexer/chain/fetch.ts'
import { type ChainNode, NodeRefused, NodeUnreachable } from '#indexer/chain/node.ts'
import type { Directory, NotTaken, Stretch } from '#indexer/chain/stretch.ts'
import type { Span } from './span.ts'

const mostInFlight = 4
/** What the answers on their way, and the stretches that wait, may weigh together, as far as can be told beforehand. */
const bytesInFlight = 4 << 20

/** Whom to ask, until asked to stop. */
export interface Reading {
  readonly node: ChainNode
  readonly signal: AbortSignal
}

export interface AskedAhead extends Reading {
  readonly directory: Directory
  readonly span: Span
  readonly from: number
  readonly to: number
  /** The hash of the block before `from`, where it is known. */
  readonly after: Hex | undefined
}

/** A stretch, and whose words were read in it beside those of its newcomers. */
interface Fetched {
  readonly stretch: Stretch
  readonly directory: Directory
}

/** A range on its way: fetched in one answer, or in several where the node could not bear it. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly fetched: Promise<readonly Fetched[] | NotTaken>
  bytes: number
}

/**
 * The stretches of a range, several fetched at once, given out in order. A stretch that was read before a shop was
 * known which is admitted below it is read again, if the shop's token may have spoken in it.
 */
export class Ahead {
  private readonly asked: AskedAhead
  /** Never changed in place: who fetched under the same one missed nobody. */
  private directory: Directory
  private readonly pieces: Piece[] = []
  private ready: Fetched[] = []
  private nextFrom: number
  private last: Hex | undefined
  private bytesPerBlock: number
  private over = false

  constructor(asked: AskedAhead) {
    this.asked = asked
    this.directory = new Map(asked.directory)
    this.nextFrom = asked.from
    this.last = asked.after
    // Until the first answer says how much a block brings, one is enough.
    this.bytesPerBlock = bytesInFlight / asked.span.blocks
  }

  /** The next stretch; undefined at the end of the range. Nothing comes after a refusal or a failure. */
  async next(): Promise<Stretch | NotTaken | undefined> {
    try {
      const stretch = await this.taken()
      if (stretch !== undefined && 'refused' in stretch) this.over = true
      return stretch
    } catch (error) {
      this.over = true
      throw error
    }
  }

  private async taken(): Promise<Stretch | NotTaken | undefined> {
    this.fill()
    if (this.ready.length === 0) {
      const piece = this.pieces[0]
      if (piece === undefined) return undefined
      const fetched = await piece.fetched
      if ('refused' in fetched) return fetched
      this.pieces.shift()
      this.ready = [...fetched]
      this.fill()
    }
    for (let fetched = this.ready.shift(); fetched !== undefined; fetched = this.ready.shift()) {
      if (this.isComplete(fetched)) return this.linked(fetched.stretch)
      const { blocks } = fetched.stretch
      const again = await this.fetch(blocks[0]?.number ?? 0, blocks.at(-1)?.number ?? -1)
      if ('refused' in again) return again
      this.ready.unshift(...again)
    }
    return undefined
  }

  /** Asks for more, as long as there is more and what is on its way is not too much. */
  private fill(): void {
    const { span, to, signal } = this.asked
    while (this.pieces.length < mostInFlight && this.nextFrom <= to && !signal.aborted && !this.over) {
      const from = this.nextFrom
      const last = Math.min(to, from + span.blocks - 1)
      const bytes = (last - from + 1) * this.bytesPerBlock
      const onTheWay = this.pieces.reduce((sum, piece) => sum + piece.bytes, 0)
      if (this.pieces.length > 0 && onTheWay + bytes > bytesInFlight) return
      const piece: Piece = { from, to: last, fetched: this.fetch(from, last), bytes }
      // Its failure is met where it is awaited; should something else fail first, nobody will.
      piece.fetched.then(
        (fetched) => this.weigh(piece, fetched),
        () => undefined,
      )
      this.pieces.push(piece)
      this.nextFrom = last + 1
    }
  }

  private weigh(piece: Piece, fetched: readonly Fetched[] | NotTaken): void {
    if ('refused' in fetched) return
    piece.bytes = fetched.reduce((sum, { stretch }) => sum + stretch.bytes, 0)
    this.bytesPerBlock = piece.bytes / (piece.to - piece.from + 1)
  }

  /** The stretch as one that stands on the one before it. */
  private linked(stretch: Stretch): Stretch | NotTaken {
    const first = stretch.blocks[0]
    if (first !== undefined && this.last !== undefined && first.parentHash !== this.last) {
      const detail = `its parent is ${first.parentHash}, not ${this.last}`
      return { refused: 'moved', at: first.number, detail }
    }
    this.last = stretch.blocks.at(-1)?.hash
    return stretch
  }

  /** Whether nobody spoke in it who was known too late. */
  private isComplete({ stretch, directory }: Fetched): boolean {
    if (directory === this.directory) return true
    const { unread, newcomers } = stretch
    const missed = [...this.directory.keys()].filter((address) => !directory.has(address) && !newcomers.has(address))
    return missed.length === 0 || (unread !== undefined && !missed.some((address) => unread.has(address)))
  }

  /** A range in as many answers as the node needs for it. */
  private async fetch(first: number, last: number): Promise<readonly Fetched[] | NotTaken> {
    const { node, span, signal } = this.asked
    const fetched: Fetched[] = []
    let after = first === this.asked.from ? this.asked.after : undefined
    let blocks = last - first + 1
    for (let from = first; from <= last; ) {
      signal.throwIfAborted()
      const to = Math.min(last, from + blocks - 1)
      const { directory } = this
      try {
        const stretch = await fetchStretch(node, directory, { from, to, after })
        if ('refused' in stretch) return stretch
        fetched.push({ stretch, directory })
        span.learn({ blocks: to - from + 1, events: stretch.events.length, bytes: stretch.bytes })
        this.admit(stretch.newcomers)
        after = stretch.blocks.at(-1)?.hash
        from = to + 1
      } catch (error) {
        if (!isTooMuch(error) || to === from || this.over) throw error
        blocks = Math.max(1, Math.floor((to - from + 1) / 2))
        span.halve(to - from + 1)
      }
    }
    return fetched
  }

  private admit(newcomers: Directory): void {
    if (newcomers.size === 0) return
    this.directory = new Map([...this.directory, ...newcomers])
  }
}

const isTooMuch = (error: unknown): boolean =>
  error instanceof NodeRefused || (error instanceof NodeUnreachable && error.timedOut)
