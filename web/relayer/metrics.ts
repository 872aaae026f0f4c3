import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is asked of the relayer at the moment somebody looks. */
export interface RelayerStanding {
  readonly leads: boolean
  /** When the last round came to its end, in milliseconds since 1970; null before the first. */
  readonly turnedAt: number | null
  readonly lanes: readonly { readonly address: string; readonly waiting: number; readonly retiring: boolean }[]
}

/** What the books say at that moment. */
export interface Queue {
  readonly kind: string
  readonly open: number
  readonly oldestSeconds: number
}

/** Figures in the form that Prometheus reads. */
export class RelayerMetrics {
  readonly #registry = new Registry()
  readonly #transactions: Counter<'purpose'>
  readonly #jobs: Counter<'purpose'>
  readonly #mined: Counter<'state'>
  readonly #gas: Counter
  readonly #again: Counter<'why'>
  readonly #refused: Counter<'code'>
  readonly #turnSeconds: Histogram
  readonly #interruptions: Counter
  #queues: readonly Queue[] = []
  #deadLetters: number | null = null

  constructor(standing: () => RelayerStanding) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
      new Counter({ name: `highstreet_relayer_${name}`, help, labelNames, registers })
    this.#transactions = counter('transactions_total', 'Transactions signed and sent, by what they do.', 'purpose')
    this.#jobs = counter('jobs_total', 'Payments, gifts, lists and so on that these carried.', 'purpose')
    this.#mined = counter('mined_total', 'Transactions found in a block: mined, or reverted there.', 'state')
    this.#gas = counter('gas_used_total', 'Gas that these took.')
    this.#again = counter('again_total', 'Transactions sent again, replaced at a better price, or vanished.', 'why')
    this.#refused = counter('refused_total', 'Wishes refused, by code.', 'code')
    this.#interruptions = counter('interruptions_total', 'Outages after which the relayer went on.')
    this.#turnSeconds = new Histogram({
      name: 'highstreet_relayer_turn_seconds',
      help: 'How long a round took.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    this.#standingOn(standing)
    this.#booksOn()
  }

  async page(): Promise<{ readonly text: string; readonly type: string }> {
    return { text: await this.#registry.metrics(), type: this.#registry.contentType }
  }

  sent(purpose: string, jobs: number): void {
    this.#transactions.inc({ purpose })
    this.#jobs.inc({ purpose }, jobs)
  }

  mined(state: 'mined' | 'reverted', gasUsed: bigint): void {
    this.#mined.inc({ state })
    this.#gas.inc(Number(gasUsed))
  }

  resent(): void {
    this.#again.inc({ why: 'resent' })
  }

  replaced(): void {
    this.#again.inc({ why: 'replaced' })
  }

  vanished(count: number): void {
    this.#again.inc({ why: 'vanished' }, count)
  }

  refused(code: string): void {
    this.#refused.inc({ code })
  }

  /** Refused by the chain's own books. */
  ended(count: number): void {
    this.#refused.inc({ code: 'byTheBooks' }, count)
  }

  turned(seconds: number): void {
    this.#turnSeconds.observe(seconds)
  }

  interrupted(): void {
    this.#interruptions.inc()
  }

  /** What the books said when somebody last looked. */
  books(queues: readonly Queue[], deadLetters: number): void {
    this.#queues = queues
    this.#deadLetters = deadLetters
  }

  #standingOn(standing: () => RelayerStanding): void {
    const registers = [this.#registry]
    new Gauge({
      name: 'highstreet_relayer_leader',
      help: '1 where this process brings wishes to the chain, 0 where it waits.',
      registers,
      collect() {
        this.set(Number(standing().leads))
      },
    })
    new Gauge({
      name: 'highstreet_relayer_turn_age_seconds',
      help: 'Time since the last round came to its end.',
      registers,
      collect() {
        const { turnedAt } = standing()
        if (turnedAt !== null) this.set((Date.now() - turnedAt) / 1000)
      },
    })
    new Gauge({
      name: 'highstreet_relayer_waiting',
      help: 'Transactions that wait for a block, by lane.',
      labelNames: ['lane'],
      registers,
      collect() {
        this.reset()
        for (const { address, waiting } of standing().lanes) this.set({ lane: address }, waiting)
      },
    })
  }

  #booksOn(): void {
    const registers = [this.#registry]
    const queues = () => this.#queues
    const dead = () => this.#deadLetters
    new Gauge({
      name: 'highstreet_relayer_open',
      help: 'Wishes not yet sent, by kind.',
      labelNames: ['kind'],
      registers,
      collect() {
        this.reset()
        for (const { kind, open } of queues()) this.set({ kind }, open)
      },
    })
    new Gauge({
      name: 'highstreet_relayer_oldest_open_seconds',
      help: 'How long the oldest of these has been waiting.',
      labelNames: ['kind'],
      registers,
      collect() {
        this.reset()
        for (const { kind, oldestSeconds } of queues()) this.set({ kind }, oldestSeconds)
      },
    })
    new Gauge({
      name: 'highstreet_relayer_dead_letters',
      help: 'Wishes given up for a reason that is nobody’s at the counter: somebody must look.',
      registers,
      collect() {
        const count = dead()
        if (count !== null) this.set(count)
      },
    })
  }
}
