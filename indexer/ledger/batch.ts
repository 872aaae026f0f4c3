import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Stretch } from '#indexer/chain/stretch.ts'
import { failPoint } from './fail-point.ts'
import { HeldRows } from './held-rows.ts'
import type { Leadership } from './leadership.ts'
import { type Moving, undoDepthOf, Writing } from './record.ts'
import { nameOf, type Standing } from './standing.ts'

/** Where is written, by whose right, and what is known of it already. */
interface Books {
  readonly client: pg.Client
  readonly leadership: Leadership
  readonly held: HeldRows
}

/** What one transaction wrote; `shops` are those with new purchases, or purchases undone, in it. */
export interface Written {
  readonly tip: number
  readonly events: number
  readonly shops: ReadonlySet<number>
  /** How long it took to write them, not counting what was waited for the node. */
  readonly tookMs: number
}

/** Gives out one stretch after another; undefined where there are no more. Never rejects. */
export type NextStretch = () => Promise<Stretch | undefined>

/** What a batch left to the next one, which may be on its way still. */
export interface Left {
  readonly stretch: Promise<Stretch | undefined>
}

// A transaction writes a folded row once, however often it changed in it; until it ends, nobody sees any of it.
const mostEvents = 150_000
const mostDiffering = 60_000
const longestMs = 5_000
// A node that is slow must not keep open a transaction whose rows could stand already.
const patienceMs = 250
const late = 'late'

/** What is written in one transaction: one stretch near the tip of the chain, as many as pay in a backfill. */
export class Batch {
  standing: Standing
  private readonly books: Books
  private readonly writing: Writing
  private readonly before: Moving['before']
  private readonly network: { readonly startBlock: number; readonly confirmations: number }
  private readonly head: number
  private readonly shops = new Set<number>()
  private readonly begun = performance.now()
  private waitedMs = 0
  private tookMs = 0

  constructor(
    books: Books,
    from: {
      readonly network: { readonly startBlock: number; readonly confirmations: number }
      readonly standing: Standing
      readonly head: number
    },
  ) {
    const { checkpoint } = from.standing
    this.books = books
    this.writing = new Writing(books.client, books.held, {
      head: from.head,
      undoDepth: undoDepthOf(from.network.confirmations),
    })
    this.standing = from.standing
    this.network = from.network
    this.head = from.head
    this.before = checkpoint === undefined ? undefined : nameOf(checkpoint)
  }

  get written(): Written {
    return {
      tip: this.standing.checkpoint?.block ?? -1,
      events: this.writing.events,
      shops: this.shops,
      tookMs: this.tookMs,
    }
  }

  /** Writes `first` and more of what `next` gives, in one transaction. */
  async write(first: Stretch, next: NextStretch): Promise<Left> {
    const { client, leadership, held } = this.books
    failPoint('stretchVerified')
    const left = await leadership.write(
      client,
      async (answered) => {
        held.standOn(answered)
        await this.take(first)
        let pending = next()
        let more = await this.soon(pending)
        if (more === undefined && this.writing.isSmall) {
          await this.writing.atOnce(this.moving())
          return { stretch: pending }
        }
        while (more !== undefined && more !== late && !this.full) {
          if (this.writing.isMuch) await this.writing.copy()
          await this.take(more)
          pending = next()
          more = await this.soon(pending)
        }
        await this.writing.end(this.moving())
        return { stretch: pending }
      },
      HeldRows.whichTables,
    )
    this.tookMs = performance.now() - this.begun - this.waitedMs
    return left
  }

  /** Writes one stretch within a transaction that somebody else began. */
  async append(stretch: Stretch): Promise<void> {
    await this.take(stretch)
    await this.writing.end(this.moving())
  }

  private get full(): boolean {
    const { events, differing } = this.writing
    return events >= mostEvents || differing >= mostDiffering || performance.now() - this.begun >= longestMs
  }

  private async soon(pending: Promise<Stretch | undefined>): Promise<Stretch | undefined | typeof late> {
    const asked = performance.now()
    const patience = new AbortController()
    const clock = sleep<typeof late>(patienceMs, late, { signal: patience.signal }).catch((): typeof late => late)
    const more = await Promise.race([pending, clock])
    patience.abort()
    this.waitedMs += performance.now() - asked
    return more
  }

  private async take(stretch: Stretch): Promise<void> {
    const last = stretch.blocks.at(-1)
    if (last === undefined) return
    const finalBefore = this.standing.checkpoint?.finalBlock ?? this.network.startBlock - 1
    const tokens = this.standing.tokens.with(stretch.events)
    const accounts = this.standing.accounts.with(stretch.events)
    await this.writing.add(stretch, tokens)
    const checkpoint = {
      block: last.number,
      hash: last.hash,
      finalBlock: Math.max(finalBefore, last.number - this.network.confirmations),
      head: Math.max(this.head, last.number),
    }
    this.standing = { checkpoint, tokens, accounts }
    for (const event of stretch.events) {
      if (event.name === 'Issued' || event.name === 'Reversed') this.shops.add(event.args.shop)
    }
  }

  private moving(): Moving {
    const { checkpoint } = this.standing
    if (checkpoint === undefined) throw new Error('a batch without a block was written')
    return { before: this.before, after: checkpoint }
  }
}
