import { Worker } from 'node:worker_threads'
import type { RunReport } from './run.ts'

/** What the thread is told: everything it must know of the mirror. */
export type Told =
  | { readonly kind: 'touch'; readonly shops: readonly number[] | 'all' }
  | { readonly kind: 'run'; readonly number: number; readonly epoch: bigint | undefined }
  | { readonly kind: 'close' }

/** What the thread answers to a run. */
export type Answered =
  | { readonly number: number; readonly report: RunReport | undefined }
  | { readonly number: number; readonly failed: string }

/** What a run at hand may take to end by itself once nobody waits for it. */
const mayEndMs = 2_000

export interface ScoringSettings {
  readonly url: string
  readonly timeZone: string
}

/**
 * The rescorer in a thread of its own: a fit may think for seconds, and the mirror must neither wait for it nor lose
 * its lead meanwhile, which it has to renew every second. What the thread may write is fenced as ever: it asks for
 * the epoch under which we lead at both ends of its transaction.
 */
export class ScoringThread {
  private readonly worker: Worker
  private readonly epoch: () => bigint | undefined
  private readonly waiting = new Map<number, { done(report: RunReport | undefined): void; fail(error: Error): void }>()
  private readonly ended: Promise<void>
  private runs = 0
  private over = false

  constructor(options: ScoringSettings & { readonly epoch: () => bigint | undefined }) {
    const workerData: ScoringSettings = { url: options.url, timeZone: options.timeZone }
    this.epoch = options.epoch
    this.worker = new Worker(new URL('./scoring-thread-work.ts', import.meta.url), { workerData })
    this.ended = new Promise((resolve) => this.worker.once('exit', () => resolve()))
    this.worker.on('message', (answer: Answered) => this.hear(answer))
    this.worker.on('error', (error) => this.end(error))
    this.worker.on('exit', () => this.end(new Error('the scoring thread ended')))
    this.worker.unref()
  }

  /** These shops have new purchases. */
  touch(shops: Iterable<number>): void {
    this.tell({ kind: 'touch', shops: [...shops] })
  }

  /** Purchases may have vanished anywhere. */
  touchAll(): void {
    this.tell({ kind: 'touch', shops: 'all' })
  }

  /** Scores what changed since the last run; undefined where nothing did. Throws what went wrong in the thread. */
  async run(): Promise<RunReport | undefined> {
    this.runs += 1
    const number = this.runs
    if (this.over) throw new Error('the scoring thread has ended')
    return await new Promise((done, fail) => {
      this.waiting.set(number, { done, fail })
      this.tell({ kind: 'run', number, epoch: this.epoch() })
    })
  }

  /** A run that is not done soon is broken off: its transaction ends with its connection, and nothing of it stays. */
  async close(): Promise<void> {
    this.tell({ kind: 'close' })
    const late = setTimeout(() => void this.worker.terminate(), mayEndMs)
    await this.ended
    clearTimeout(late)
  }

  private tell(told: Told): void {
    if (!this.over) this.worker.postMessage(told)
  }

  private hear(answer: Answered): void {
    const asked = this.waiting.get(answer.number)
    this.waiting.delete(answer.number)
    if ('failed' in answer) asked?.fail(new Error(answer.failed))
    else asked?.done(answer.report)
  }

  private end(error: Error): void {
    this.over = true
    for (const { fail } of this.waiting.values()) fail(error)
    this.waiting.clear()
  }
}
