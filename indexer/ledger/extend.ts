import type { NotTaken } from '#indexer/chain/stretch.ts'
import { Ahead, type Reading } from './ahead.ts'
import type { NextStretch, Written } from './batch.ts'
import type { Ledger } from './ledger.ts'
import type { Span } from './span.ts'

/** Blocks that were mirrored. */
export interface Recorded extends Written {
  readonly head: number
}

export interface Extending extends Reading {
  readonly ledger: Ledger
  readonly news: { recorded(news: Recorded): void }
}

/**
 * Mirrors `from`..`to`: fetches ahead of what is written, and writes in order. What came before a stretch that cannot
 * be taken, or before the node failed, is written all the same.
 */
export async function extend(
  { node, ledger, signal, news }: Extending,
  span: Span,
  asked: { readonly from: number; readonly to: number; readonly head: number },
): Promise<NotTaken | undefined> {
  const { from, to, head } = asked
  const ahead = new Ahead({ node, directory: ledger.directory(), span, from, to, after: ledger.tip?.hash, signal })
  const source = new Source(ahead, signal)
  await ledger.recordAll(source.next, head, (written) => news.recorded({ ...written, head }))
  if (source.failure !== undefined && !signal.aborted) throw source.failure
  return source.refusal
}

/** Gives out stretches until there are no more, for whatever reason. */
class Source {
  refusal: NotTaken | undefined
  failure: unknown
  private readonly ahead: Ahead
  private readonly signal: AbortSignal

  constructor(ahead: Ahead, signal: AbortSignal) {
    this.ahead = ahead
    this.signal = signal
  }

  next: NextStretch = async () => {
    if (this.refusal !== undefined || this.failure !== undefined || this.signal.aborted) return undefined
    try {
      const stretch = await this.ahead.next()
      if (stretch === undefined || !('refused' in stretch)) return stretch
      this.refusal = stretch
    } catch (failure) {
      this.failure = failure
    }
    return undefined
  }
}
