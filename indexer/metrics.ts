import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { NodeRefused, NodeUnreachable } from './chain/node.ts'

/** What is asked of the process at the moment somebody looks. */
export interface Standing {
  readonly ready: boolean
  readonly leads: boolean
  readonly block: number | null
  readonly head: number | null
  readonly lagBlocks: number | null
  readonly lagSeconds: number | null
}

/** When the mirror was last held against the chain, and whether it held. */
export interface LastCheck {
  readonly name: string
  readonly verdict: string
  readonly finished: Date
}

const rateOverMs = 10_000
const depths = [1, 2, 3, 5, 8, 16, 32, 64, 128]

/** Figures in the form that Prometheus reads. */
export class Metrics {
  private readonly registry = new Registry()
  private readonly events: Counter
  private readonly batchSeconds: Histogram
  private readonly reorgs: Histogram
  private readonly requestSeconds: Histogram<'node'>
  private readonly rpcErrors: Counter<'node' | 'kind'>
  private readonly nodesLeft: Counter<'node'>
  private readonly troubles: Counter
  private recent: { readonly at: number; readonly events: number }[] = []
  private checks: readonly LastCheck[] = []

  constructor(standing: () => Standing) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    this.standingOn(standing)
    this.events = new Counter({ name: 'highstreet_events_total', help: 'Events written to the journal.', registers })
    this.batchSeconds = new Histogram({
      name: 'highstreet_batch_seconds',
      help: 'How long a batch of blocks took to write, from its first row to its commit.',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    this.reorgs = new Histogram({
      name: 'highstreet_reorg_depth_blocks',
      help: 'Forks that the mirror followed, by how many of its blocks they replaced.',
      buckets: depths,
      registers,
    })
    this.requestSeconds = new Histogram({
      name: 'highstreet_rpc_seconds',
      help: 'How long a node took to answer, by its place in the list of addresses.',
      labelNames: ['node'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10],
      registers,
    })
    this.rpcErrors = new Counter({
      name: 'highstreet_rpc_errors_total',
      help: 'Questions that a node did not answer, by its place in the list and kind: away, late, refused or other.',
      labelNames: ['node', 'kind'],
      registers,
    })
    this.nodesLeft = new Counter({
      name: 'highstreet_nodes_left_total',
      help: 'How often a node was left for another, because it was away, lagged or lied; by its place in the list.',
      labelNames: ['node'],
      registers,
    })
    this.troubles = new Counter({
      name: 'highstreet_troubles_total',
      help: 'Turns that came to nothing and were tried again.',
      registers,
    })
  }

  /** The figures as text, and the text's media type. */
  async page(): Promise<{ readonly text: string; readonly type: string }> {
    return { text: await this.registry.metrics(), type: this.registry.contentType }
  }

  recorded(events: number, seconds: number): void {
    this.events.inc(events)
    this.batchSeconds.observe(seconds)
    this.recent.push({ at: performance.now(), events })
    this.forgetOld()
  }

  forked(depth: number): void {
    this.reorgs.observe(depth)
  }

  troubled(): void {
    this.troubles.inc()
  }

  answered(node: number, seconds: number): void {
    this.requestSeconds.observe({ node: String(node) }, seconds)
  }

  failed(node: number, error: unknown): void {
    this.rpcErrors.inc({ node: String(node), kind: kindOf(error) })
  }

  nodeLeft(node: number): void {
    this.nodesLeft.inc({ node: String(node) })
  }

  /** What is known of the last self-checks, one of each name. */
  checked(checks: readonly LastCheck[]): void {
    this.checks = checks
  }

  /** Figures that are asked for when somebody looks; what is not known is left out. */
  private standingOn(standing: () => Standing): void {
    this.gauge('highstreet_block', 'The newest block mirrored.', () => standing().block)
    this.gauge('highstreet_head_block', 'The newest block of the chain, as the node says.', () => standing().head)
    this.gauge('highstreet_lag_blocks', 'Blocks of the chain not mirrored yet.', () => standing().lagBlocks)
    this.gauge(
      'highstreet_lag_seconds',
      'Time since the mirror last stood on the newest block of the chain.',
      () => standing().lagSeconds,
    )
    this.gauge('highstreet_leader', '1 where this process writes the mirror, 0 where it waits.', () =>
      Number(standing().leads),
    )
    this.gauge('highstreet_ready', '1 where /ready says yes.', () => Number(standing().ready))
    this.gauge('highstreet_events_per_second', 'Events written a second, over the last ten seconds.', () => {
      this.forgetOld()
      return this.recent.reduce((sum, { events }) => sum + events, 0) / (rateOverMs / 1000)
    })
    const perCheck = { labelNames: ['check'] as const, registers: [this.registry] }
    const checks = () => this.checks
    new Gauge({
      ...perCheck,
      name: 'highstreet_self_check_time_seconds',
      help: 'When the mirror was last held against the chain, in seconds since 1970.',
      collect() {
        this.reset()
        for (const { name, finished } of checks()) this.set({ check: name }, finished.getTime() / 1000)
      },
    })
    new Gauge({
      ...perCheck,
      name: 'highstreet_self_check_holds',
      help: '1 where the last check found the mirror as the chain is, 0 where it differs, -1 where it could not say.',
      collect() {
        this.reset()
        for (const { name, verdict } of checks()) this.set({ check: name }, figureOf(verdict))
      },
    })
  }

  private gauge(name: string, help: string, ask: () => number | null): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        const value = ask()
        if (value === null) this.remove()
        else this.set(value)
      },
    })
  }

  private forgetOld(): void {
    const oldest = performance.now() - rateOverMs
    this.recent = this.recent.filter(({ at }) => at >= oldest)
  }
}

const figureOf = (verdict: string): number => (verdict === 'holds' ? 1 : verdict === 'differs' ? 0 : -1)

function kindOf(error: unknown): 'away' | 'late' | 'refused' | 'other' {
  if (error instanceof NodeRefused) return 'refused'
  if (error instanceof NodeUnreachable) return error.timedOut ? 'late' : 'away'
  return 'other'
}
