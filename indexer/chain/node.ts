import { type Answer, answersIn } from './answers.ts'
import { NoAnswer, parsed, postJson } from './transport.ts'

/** One question to a node. */
export interface Call {
  readonly method: string
  readonly params: readonly unknown[]
}

/** A node of the chain, asked by JSON-RPC. */
export interface ChainNode {
  /** Asks all calls and answers with their results in order. */
  ask(calls: readonly Call[]): Promise<readonly unknown[]>
}

/** A node is not as it should be: an outage of something outside, to be waited out or left for another node. */
export abstract class NodeTrouble extends Error {}

/** Nothing answers, or not in time, or not in JSON-RPC: an outage, so asking again later is right. */
export class NodeUnreachable extends NodeTrouble {
  override readonly name = 'NodeUnreachable'
  /** Somebody may be there, only this question is too much for it: it took too long, or the answer was too large. */
  readonly timedOut: boolean
  /** The least time to wait before asking again, where the node named one. */
  readonly waitMs: number

  constructor(
    message: string,
    options: { readonly timedOut?: boolean; readonly waitMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.timedOut = options.timedOut ?? false
    this.waitMs = options.waitMs ?? 0
  }
}

/** The node understood the question and answers with an error of its own, such as a range too large for it. */
export class NodeRefused extends NodeTrouble {
  override readonly name = 'NodeRefused'
  readonly method: string
  readonly code: number

  constructor(method: string, code: number, message: string, node = theNode) {
    super(`${node} refused ${method}: ${message} (code ${code}).`)
    this.method = method
    this.code = code
  }

  /** The node does not know this question at all, so asking it again is of no use. */
  get lacksMethod(): boolean {
    const said = /method.*(not|un(known|supported|available))|(not|un(known|supported|available)).*method/i
    return this.code === -32_601 || this.code === -32_004 || said.test(this.message)
  }
}

/** The node's answer is proven false. */
export class NodeLied extends NodeTrouble {
  override readonly name = 'NodeLied'
}

/** How the only node there is is called. */
export const theNode = 'The node'

export interface NodeOptions {
  /** How long one request may take before it counts as an outage. */
  readonly timeoutMs?: number
  /** How many calls travel in one request. */
  readonly callsPerRequest?: number
  /** The largest answer that is read; more is not kept in memory. */
  readonly mostBytes?: number
  /** What it is called where it is complained of: never its address, which may hold a key. */
  readonly name?: string
  /** Methods whose results are given as the text they came in, as bytes: what is long is read only once. */
  readonly asText?: readonly string[]
}

/**
 * Opens the node at `address`. Calls travel in batches: at the tip of the chain a request's round trip is most of its
 * cost. Nothing is retried here; Sources does that.
 */
export function openNode(address: string, options: NodeOptions = {}): ChainNode {
  const line: Line = {
    url: new URL(address),
    timeoutMs: options.timeoutMs ?? 15_000,
    mostBytes: options.mostBytes ?? 128 * 1024 * 1024,
    name: options.name ?? theNode,
    asText: options.asText ?? [],
  }
  const callsPerRequest = options.callsPerRequest ?? 256
  return {
    async ask(calls) {
      const results: unknown[] = []
      for (let start = 0; start < calls.length; start += callsPerRequest) {
        results.push(...(await request(line, calls.slice(start, start + callsPerRequest))))
      }
      return results
    },
  }
}

interface Line {
  readonly url: URL
  readonly timeoutMs: number
  readonly mostBytes: number
  readonly name: string
  readonly asText: readonly string[]
}

async function request(line: Line, calls: readonly Call[]): Promise<unknown[]> {
  const body = JSON.stringify(
    calls.map((call, id) => ({ jsonrpc: '2.0', id, method: call.method, params: call.params })),
  )
  const list = await post(line, body, calls)
  const byId = new Map(list.map((answer) => [answer.id, answer]))
  return calls.map((call, id) => {
    const answer = byId.get(id) ?? (list.length === 1 ? list[0] : undefined)
    if (answer?.error !== undefined && answer.error !== null) {
      const reason = withoutAddress(String(answer.error.message ?? 'no reason given'), line.url)
      throw new NodeRefused(call.method, Number(answer.error.code ?? 0), reason, line.name)
    }
    if (answer?.id !== id || answer.result === undefined) {
      throw new NodeUnreachable(`${line.name} left ${call.method} without an answer.`)
    }
    return answer.result
  })
}

async function post(line: Line, body: string, calls: readonly Call[]): Promise<readonly Answer[]> {
  try {
    const bytes = await postJson(line.url, body, line)
    const isText = (id: unknown) => typeof id === 'number' && line.asText.includes(calls[id]?.method ?? '')
    const list = calls.some((_, id) => isText(id)) ? answersIn(bytes, isText) : undefined
    if (list !== undefined) return list
    const answers = parsed(bytes)
    // A node that refuses the whole batch answers with one object.
    return (Array.isArray(answers) ? answers : [answers]).map((answer) => (answer ?? {}) as Answer)
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    throw new NodeUnreachable(`${line.name} does not answer: ${error.message}.`, {
      timedOut: error.failure === 'late' || error.failure === 'tooLarge',
      waitMs: error.waitMs,
    })
  }
}

/** A node's own words, without the parts of its address that it may repeat: one of them may be a key. */
function withoutAddress(words: string, url: URL): string {
  const parts = [url.href, url.host, url.username, url.password, url.search.slice(1), ...url.pathname.split('/')]
  const telling = [...parts, ...url.searchParams.values()].filter((part) => part.length > 3)
  telling.sort((one, other) => other.length - one.length)
  return telling.reduce((text, part) => text.replaceAll(part, '…'), words)
}
