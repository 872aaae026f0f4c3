import type { Call, ChainNode } from './chain/node.ts'
import type { FollowNews } from './ledger/follow.ts'
import type { Ledger } from './ledger/ledger.ts'
import { Metrics } from './metrics.ts'

/** Whether the mirror can be relied on now, and if not, why. */
export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
  readonly block: number | null
  readonly head: number | null
  readonly lagBlocks: number | null
  readonly lagSeconds: number | null
}

export interface PulseOptions {
  /** The longest the mirror may not have stood on the chain's newest block and still be ready. */
  readonly mostLagSeconds: number
  readonly now?: () => number
}

/** What the process knows of its own work, kept for those who watch it. Asking costs nothing and waits for nobody. */
export class Pulse {
  readonly metrics: Metrics
  private readonly mostLagSeconds: number
  private readonly now: () => number
  private readonly since: number
  private tip: number | undefined
  private head: number | undefined
  private atHeadAt: number | undefined
  private hasCaughtUp = false
  private forkedAt: number | undefined
  private ledger: Pick<Ledger, 'tip' | 'leads'> | undefined

  constructor(options: PulseOptions) {
    this.mostLagSeconds = options.mostLagSeconds
    this.now = options.now ?? (() => performance.now())
    this.since = this.now()
    this.metrics = new Metrics(() => ({ ...this.readiness(), leads: this.leads }))
  }

  /** This process has the mirror open for writing, and so leads; undefined: it has it no longer. */
  opened(ledger: Pick<Ledger, 'tip' | 'leads'> | undefined): void {
    this.ledger = ledger
    if (ledger !== undefined) this.tip = ledger.tip?.number
  }

  private get leads(): boolean {
    return this.ledger?.leads === true
  }

  readiness(): Readiness {
    const { tip, head } = this
    const lagBlocks = tip === undefined || head === undefined ? null : Math.max(0, head - tip)
    const lagSeconds = Math.max(0, (this.now() - (this.atHeadAt ?? this.since)) / 1000)
    const reasons: string[] = []
    if (!this.leads) reasons.push('another indexer leads, or none can write now')
    if (!this.hasCaughtUp) reasons.push('the mirror has not reached the chain’s newest block yet')
    if (this.forkedAt !== undefined) reasons.push('the chain forked below finality')
    if (lagSeconds > this.mostLagSeconds) {
      reasons.push(`the mirror last stood on the chain’s newest block more than ${this.mostLagSeconds} seconds ago`)
    }
    const ready = reasons.length === 0
    return { ready, reasons, block: tip ?? null, head: head ?? null, lagBlocks, lagSeconds }
  }

  /** The same node, listened to; `place` is its place in the list of addresses, from 1. */
  listenTo(node: ChainNode, place: number): ChainNode {
    const ask = async (calls: readonly Call[]): Promise<readonly unknown[]> => {
      const began = this.now()
      try {
        const answers = await node.ask(calls)
        this.metrics.answered(place, (this.now() - began) / 1000)
        this.hear(calls, answers)
        return answers
      } catch (error) {
        this.metrics.failed(place, error)
        throw error
      }
    }
    return { ...node, ask }
  }

  /** The same news, listened to. */
  listenIn(news: FollowNews): FollowNews {
    return {
      recorded: (recorded) => {
        this.forkedAt = undefined
        this.tip = recorded.tip
        this.head = Math.max(recorded.head, recorded.tip)
        this.look()
        this.metrics.recorded(recorded.events, recorded.tookMs / 1000)
        news.recorded(recorded)
      },
      undone: (undone) => {
        this.tip = undone.to.number
        this.metrics.forked(undone.from.number - undone.ancestor)
        news.undone(undone)
      },
      caughtUp: (caughtUp) => {
        this.hasCaughtUp = true
        this.tip = caughtUp.block
        this.head = Math.max(this.head ?? 0, caughtUp.block)
        this.look()
        news.caughtUp(caughtUp)
      },
      troubled: (trouble) => {
        this.metrics.troubled()
        news.troubled(trouble)
      },
      forkedBelowFinal: (fork) => {
        this.forkedAt = this.now()
        news.forkedBelowFinal(fork)
      },
    }
  }

  /** The newest block is asked for at every turn, so the answers tell how far the chain is. */
  private hear(calls: readonly Call[], answers: readonly unknown[]): void {
    for (const [index, call] of calls.entries()) {
      if (call.method !== 'eth_getBlockByNumber' || call.params[0] !== 'latest') continue
      const answer = answers[index]
      if (typeof answer !== 'object' || answer === null || !('number' in answer)) continue
      const head = Number(answer.number)
      if (!Number.isSafeInteger(head)) continue
      this.head = head
      this.look()
    }
  }

  private look(): void {
    if (this.tip !== undefined && this.head !== undefined && this.tip >= this.head) this.atHeadAt = this.now()
  }
}
