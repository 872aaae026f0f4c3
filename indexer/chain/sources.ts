import { setTimeout as sleep } from 'node:timers/promises'
import { BackOff } from './back-off.ts'
import { receiptsMethod } from './calls.ts'
import { type Call, type ChainNode, type NodeOptions, NodeRefused, NodeUnreachable, openNode, theNode } from './node.ts'

/** What is held against a node. `lied`: proven, or outvoted. The others may be the chain's own movement, at first. */
export type Doubt = 'lied' | 'behind' | 'moved' | 'away'

/** One node that answers the whole of a question by itself, and what is known of it. */
export interface Source extends ChainNode {
  /** What it is called where it is complained of: its place in the list. */
  readonly name: string
  /**
   * Asks `calls`, and in the same request what will be asked next if the answers are as expected: that question, should
   * it come at once, is answered by what came. Where the node has no answer to it yet, it is asked as always.
   */
  askAhead(calls: readonly Call[], next: readonly Call[]): Promise<readonly unknown[]>
  /** Whether it is worth asking for receipts. */
  givesReceipts(): boolean
  /** It does not know how to give receipts. */
  lacksReceipts(): void
  /** Other nodes in good standing, which may confirm or contradict this one. */
  others(): readonly Source[]
  doubt(doubt: Doubt, why: string): void
  /** What it said has been taken. */
  trust(): void
  /** Its newest block. */
  standsAt(head: number): void
}

export interface SourcesNews {
  /** A node was left for another; both by their places in the list, from 1. */
  left(news: { readonly place: number; readonly of: number; readonly why: string; readonly next: number }): void
}

export interface SourcesOptions extends Omit<NodeOptions, 'name'> {
  readonly news?: SourcesNews
  /** Hears what each node answers, by its place in the list, from 1. */
  readonly listen?: (node: ChainNode, place: number) => ChainNode
  /** How often a question is put to one node before it counts as away. */
  readonly tries?: number
  readonly firstPauseMs?: number
  readonly longestPauseMs?: number
  /** Draws the pauses between tries: another in each process, the same again in a test. */
  readonly seed?: number
}

/** How many times in a row a node may be behind, or moving, before it is left. */
const patience = 5
/** After this many questions without receipts a node is asked for them once more. */
const receiptsAskedAgainAfter = 1_000
/** A head that stays where it is for so many looks is held against the other nodes' heads. */
const looksBeforeCompared = 25
/** A node that was away or behind may answer again after so many looks at the chain; one that lied may not. */
const leftForLooks = 500
/** A node so many blocks behind another lags. */
const lagAllowed = 2

/**
 * Opens the nodes at these addresses as one. The first answers until it is away, lags or lies; then the next one does.
 * A single node is never left: what it says stands or falls by its proof each time.
 */
export function openNodes(addresses: readonly string[], options: SourcesOptions = {}): Sources {
  const nodes = addresses.map((address, index) => {
    const name = nameOf(index, addresses.length)
    const node = openNode(address, { ...options, name, asText: [receiptsMethod] })
    return options.listen === undefined ? node : options.listen(node, index + 1)
  })
  return new Sources(nodes, options)
}

const nameOf = (index: number, of: number) => (of === 1 ? theNode : `Node ${index + 1} of ${of}`)

/** Several nodes of one chain, one of which answers. */
export class Sources implements ChainNode {
  private readonly members: readonly Member[]
  private readonly options: SourcesOptions
  private readonly backOff: BackOff
  private current = 0

  constructor(nodes: readonly ChainNode[], options: SourcesOptions = {}) {
    if (nodes.length === 0) throw new Error('there must be at least one node')
    this.options = options
    this.backOff = new BackOff({
      firstMs: options.firstPauseMs ?? 100,
      longestMs: options.longestPauseMs ?? 2_000,
      seed: options.seed ?? 1,
    })
    this.members = nodes.map((node, index) => new Member(this, node, nameOf(index, nodes.length)))
  }

  ask(calls: readonly Call[]): Promise<readonly unknown[]> {
    return this.pick().ask(calls)
  }

  /** The node that answers now. */
  pick(): Source {
    return this.memberAt(this.current)
  }

  /** Asks one node, again where an outage may be short. */
  async askPatiently(node: ChainNode, calls: readonly Call[]): Promise<readonly unknown[]> {
    const tries = this.options.tries ?? 3
    for (let failures = 1; ; failures += 1) {
      try {
        return await node.ask(calls)
      } catch (error) {
        // What was too much once is too much again: whoever asked must ask for less.
        if (!(error instanceof NodeUnreachable) || error.timedOut || failures >= tries) throw error
        await sleep(Math.max(error.waitMs, this.backOff.pauseMs(failures)))
      }
    }
  }

  /** Those in good standing beside this one. */
  beside(member: Member): readonly Member[] {
    return this.members.filter((other) => other !== member && !other.isOut)
  }

  /** Time passes for those that were left. */
  look(): void {
    for (const member of this.members) member.outFor = Math.max(0, member.outFor - 1)
  }

  /** Goes on to the next node in good standing; where none is left, all of them get another chance. */
  leave(member: Member, why: string): void {
    if (this.members.length === 1) return
    if (this.beside(member).length === 0) for (const other of this.members) if (other !== member) other.forgive()
    if (this.memberAt(this.current) !== member) return
    const from = this.current
    do this.current = (this.current + 1) % this.members.length
    while (this.memberAt(this.current).isOut)
    this.memberAt(this.current).forgive()
    this.options.news?.left({ place: from + 1, of: this.members.length, why, next: this.current + 1 })
  }

  private memberAt(index: number): Member {
    const member = this.members[index]
    if (member === undefined) throw new Error('there is no such node')
    return member
  }
}

class Member implements Source {
  readonly name: string
  private readonly sources: Sources
  private readonly node: ChainNode
  private held: { readonly doubt: Doubt; readonly times: number } | undefined
  private receiptsIn = 0
  private head = -1
  private sameHead = 0
  private comparing = false
  private answersAhead = true
  private told: { readonly calls: readonly Call[]; readonly answers: readonly unknown[] } | undefined
  /** For how many looks it is left alone. */
  outFor = 0

  constructor(sources: Sources, node: ChainNode, name: string) {
    this.sources = sources
    this.node = node
    this.name = name
  }

  async askAhead(calls: readonly Call[], next: readonly Call[]): Promise<readonly unknown[]> {
    if (!this.answersAhead || this.receiptsIn > 0) return await this.ask(calls)
    try {
      const answers = await this.ask([...calls, ...next])
      const ahead = answers.slice(calls.length)
      if (ahead.every((answer) => answer !== null)) this.told = { calls: next, answers: ahead }
      return answers.slice(0, calls.length)
    } catch (error) {
      if (!(error instanceof NodeRefused)) throw error
      // Some refuse to speak of a block that is not there yet, and the rest of the request with it.
      this.answersAhead = false
      return await this.ask(calls)
    }
  }

  async ask(calls: readonly Call[]): Promise<readonly unknown[]> {
    const { told } = this
    this.told = undefined
    if (told !== undefined && isSame(told.calls, calls)) return told.answers
    try {
      return await this.sources.askPatiently(this.node, calls)
    } catch (error) {
      if (error instanceof NodeUnreachable) this.doubt('away', error.message)
      throw error
    }
  }

  get isOut(): boolean {
    return this.outFor > 0
  }

  givesReceipts(): boolean {
    this.receiptsIn = Math.max(0, this.receiptsIn - 1)
    return this.receiptsIn === 0
  }

  lacksReceipts(): void {
    this.receiptsIn = receiptsAskedAgainAfter
  }

  others(): readonly Source[] {
    return this.sources.beside(this)
  }

  doubt(doubt: Doubt, why: string): void {
    const times = this.held?.doubt === doubt ? this.held.times + 1 : 1
    this.held = { doubt, times }
    const enough = doubt === 'lied' || doubt === 'away' ? 1 : patience
    if (times < enough) return
    this.outFor = doubt === 'lied' ? Number.POSITIVE_INFINITY : leftForLooks
    this.sources.leave(this, why)
  }

  trust(): void {
    this.held = undefined
  }

  forgive(): void {
    this.held = undefined
    this.outFor = 0
    this.sameHead = 0
  }

  standsAt(head: number): void {
    this.sources.look()
    this.sameHead = head > this.head ? 0 : this.sameHead + 1
    this.head = Math.max(this.head, head)
    // A head lower than its own of before is a node that lags behind one address, or one that began anew.
    const suspicious = this.sameHead >= looksBeforeCompared || (head < this.head && this.sameHead >= patience)
    if (suspicious && !this.comparing) void this.compareHeads(head)
  }

  /** Holds a head that does not move against the others', beside the work at hand. */
  private async compareHeads(head: number): Promise<void> {
    this.comparing = true
    const heads = await Promise.all(this.sources.beside(this).map((other) => other.headNow()))
    this.comparing = false
    this.sameHead = 0
    const highest = Math.max(-1, ...heads)
    if (highest < head + lagAllowed) return
    this.outFor = leftForLooks
    this.sources.leave(this, `${this.name} lags: it stands at block ${head}, another node at ${highest}`)
  }

  /** Its newest block, -1 where it does not say. */
  private async headNow(): Promise<number> {
    try {
      const [answer] = await this.node.ask([{ method: 'eth_blockNumber', params: [] }])
      const head = Number.parseInt(String(answer), 16)
      return Number.isSafeInteger(head) ? head : -1
    } catch {
      return -1
    }
  }
}

const isSame = (one: readonly Call[], other: readonly Call[]): boolean =>
  one.length === other.length && JSON.stringify(one) === JSON.stringify(other)

const alone = new WeakMap<ChainNode, Sources>()

/** The one node behind `node` that answers now. A question that must be answered by one node is put to this. */
export function sourceOf(node: ChainNode): Source {
  if (node instanceof Sources) return node.pick()
  const known = alone.get(node) ?? new Sources([node], { tries: 1 })
  alone.set(node, known)
  return known.pick()
}
