import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, asOfHead, type Lie, lies, type Question, shuffled, told } from './fault-answers.ts'
import { Chance } from './traffic.ts'

/** What can go wrong between an indexer and its node. */
export type Fault = (typeof onTheWay)[number] | (typeof heights)[number] | Lie

/**
 * Faults of the way. `busy`: 429. `failing`: 503. `hanging`: no answer, ever. `cut`: the connection ends without one.
 * `garbled`: the answer ends in its middle. `oversized`: the answer is as large as `oversizeBytes`. `tooMuch`: one
 * with more than `mostCalls` calls is refused as too large. `unanswered`: one call of the request is left out.
 * `shuffled`: answers, logs and receipts come in another order. `noReceipts`: a node that does not know
 * eth_getBlockReceipts. `silent`: a range of logs is answered with none.
 */
export const onTheWay = [
  'busy',
  'failing',
  'hanging',
  'cut',
  'garbled',
  'oversized',
  'tooMuch',
  'unanswered',
  'shuffled',
  'noReceipts',
  'silent',
] as const

/**
 * Faults of height. `lagging`: the whole request is answered by a node `lagBlocks` behind. `mixedHeights`: each call of
 * it by either. `atZero`: by a node that began anew and has the first block only.
 */
export const heights = ['lagging', 'mixedHeights', 'atZero'] as const

export const everyFault: readonly Fault[] = [...onTheWay, ...heights, ...lies]

/** How often each fault happens, from 0 (never) to 1 (in every request in which it can). */
export type FaultRates = { readonly [fault in Fault]?: number }

export interface FaultProxyOptions {
  /** The same seed and the same requests in the same order meet the same faults. */
  readonly seed: string
  readonly rates?: FaultRates
  readonly lagBlocks?: number
  readonly oversizeBytes?: number
  readonly mostCalls?: number
}

/**
 * A node seen through somebody who gets in the way: an HTTP address that passes JSON-RPC on to a true node, and, by
 * seeded chance, does to each request or its answer what its rates say. Several faults may fall on one request. Only
 * POST, no subscriptions. Whoever starts it stops it.
 */
export interface FaultProxy {
  readonly url: string
  /** From the next request on; all at once, so that `{}` makes the node true again. */
  set(rates: FaultRates): void
  /** How often each fault has happened. */
  readonly happened: ReadonlyMap<Fault, number>
  /** How many requests came. */
  readonly requests: number
  stop(): Promise<void>
}

export async function startFaultProxy(target: string, options: FaultProxyOptions): Promise<FaultProxy> {
  const way = new FaultyWay(target, options)
  const server = createServer((request, response) => {
    way.pass(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(rates) {
      way.rates = rates
    },
    happened: way.happened,
    get requests() {
      return way.requests
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

class FaultyWay {
  rates: FaultRates
  requests = 0
  readonly happened = new Map<Fault, number>()
  private readonly target: string
  private readonly options: FaultProxyOptions
  private readonly chance: Chance

  constructor(target: string, options: FaultProxyOptions) {
    this.target = target
    this.options = options
    this.rates = options.rates ?? {}
    this.chance = new Chance(options.seed)
  }

  async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    this.requests += 1
    const asked: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'))
    const questions = (Array.isArray(asked) ? asked : [asked]) as readonly Question[]
    // Drawn in one go, so that what the true node answers does not change what chance draws next.
    const drawn = new Set(everyFault.filter((fault) => this.chance.below(1_000_000) < this.rate(fault) * 1_000_000))
    if (this.stopped(drawn, response)) return
    const answers = await this.answers(questions, drawn)
    const text = JSON.stringify(Array.isArray(asked) ? answers : answers[0])
    this.send(text, drawn, response)
  }

  private rate(fault: Fault): number {
    return this.rates[fault] ?? 0
  }

  private note(fault: Fault): void {
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1)
  }

  /** Faults that leave nothing to ask the true node for. */
  private stopped(drawn: ReadonlySet<Fault>, response: ServerResponse): boolean {
    const fault = (['busy', 'failing', 'hanging', 'cut'] as const).find((one) => drawn.has(one))
    if (fault === undefined) return false
    this.note(fault)
    if (fault === 'busy') response.writeHead(429, { 'retry-after': '0' }).end('slow down')
    if (fault === 'failing') response.writeHead(503).end('no')
    if (fault === 'cut') response.destroy()
    return true
  }

  private async answers(questions: readonly Question[], drawn: ReadonlySet<Fault>): Promise<readonly Answer[]> {
    if (drawn.has('tooMuch') && questions.length > (this.options.mostCalls ?? 8)) {
      this.note('tooMuch')
      return questions.map(({ id }) => ({ id, error: { code: -32_005, message: 'query returned too many results' } }))
    }
    let answers = await this.atHeight(questions, drawn, await this.trueAnswers(questions))
    for (const lie of lies) {
      const changed = drawn.has(lie) ? told(lie, questions, answers, this.chance) : undefined
      if (changed === undefined) continue
      this.note(lie)
      answers = changed
    }
    if (drawn.has('silent')) answers = this.withoutLogs(questions, answers)
    if (drawn.has('noReceipts')) answers = this.withoutReceipts(questions, answers)
    if (drawn.has('shuffled')) {
      this.note('shuffled')
      answers = shuffled(questions, answers, this.chance)
    }
    if (drawn.has('unanswered') && answers.length > 0) {
      this.note('unanswered')
      answers = answers.toSpliced(this.chance.below(answers.length), 1)
    }
    return answers
  }

  private async trueAnswers(questions: readonly object[]): Promise<readonly Answer[]> {
    const response = await fetch(this.target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(questions),
    })
    return (await response.json()) as Answer[]
  }

  private async atHeight(questions: readonly Question[], drawn: ReadonlySet<Fault>, answers: readonly Answer[]) {
    const fault = heights.find((one) => drawn.has(one))
    if (fault === undefined) return answers
    const ask = async (method: string, params: readonly unknown[]) => {
      return (await this.trueAnswers([{ jsonrpc: '2.0', id: 0, method, params }]))[0]?.result
    }
    const trueHead = Number(await ask('eth_blockNumber', []))
    const head = fault === 'atZero' ? 0 : Math.max(0, trueHead - (this.options.lagBlocks ?? 3))
    const latest = await ask('eth_getBlockByNumber', [`0x${head.toString(16)}`, false])
    this.note(fault)
    return answers.map((answer) => {
      const question = questions.find(({ id }) => id === answer.id)
      if (question === undefined || (fault === 'mixedHeights' && this.chance.below(2) === 0)) return answer
      return asOfHead(question, answer, head, latest)
    })
  }

  private withoutLogs(questions: readonly Question[], answers: readonly Answer[]): readonly Answer[] {
    const ranges = new Set(
      questions
        .filter(({ method, params }) => method === 'eth_getLogs' && 'fromBlock' in (params[0] as object))
        .map(({ id }) => id),
    )
    if (ranges.size > 0) this.note('silent')
    return answers.map((answer) => (ranges.has(answer.id) ? { ...answer, result: [] } : answer))
  }

  private withoutReceipts(questions: readonly Question[], answers: readonly Answer[]): readonly Answer[] {
    const asked = new Set(questions.filter(({ method }) => method === 'eth_getBlockReceipts').map(({ id }) => id))
    if (asked.size > 0) this.note('noReceipts')
    const error = { code: -32_601, message: 'the method eth_getBlockReceipts does not exist' }
    return answers.map((answer) => (asked.has(answer.id) ? { id: answer.id, error } : answer))
  }

  private send(text: string, drawn: ReadonlySet<Fault>, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' })
    if (drawn.has('oversized')) {
      this.note('oversized')
      // Blanks before an answer are JSON too: only its size is wrong.
      response.end(' '.repeat(Math.max(0, (this.options.oversizeBytes ?? 4_000_000) - text.length)) + text)
    } else if (drawn.has('garbled')) {
      this.note('garbled')
      response.end(text.slice(0, Math.floor(text.length / 2)))
    } else {
      response.end(text)
    }
  }
}
