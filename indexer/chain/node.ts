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

/** Nothing answers, or not in time, or not in JSON-RPC: an outage, so asking again later is right. */
export class NodeUnreachable extends Error {
  override readonly name = 'NodeUnreachable'
  /** Somebody may be there, only not fast enough for this question. */
  readonly timedOut: boolean

  constructor(message: string, options: { readonly timedOut?: boolean; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.timedOut = options.timedOut ?? false
  }
}

/** The node understood the question and answers with an error of its own, such as a range too large for it. */
export class NodeRefused extends Error {
  override readonly name = 'NodeRefused'
  readonly method: string
  readonly code: number

  constructor(method: string, code: number, message: string) {
    super(`The node refused ${method}: ${message} (code ${code}).`)
    this.method = method
    this.code = code
  }
}

export interface NodeOptions {
  /** How long one request may take before it counts as an outage. */
  readonly timeoutMs?: number
  /** How many calls travel in one request. */
  readonly callsPerRequest?: number
}

/**
 * Opens the node at `url`. Calls travel in batches: at the tip of the chain a request's round trip is most of its cost.
 * Nothing is retried here; whoever asks knows how long it can wait.
 */
export function openNode(url: string, options: NodeOptions = {}): ChainNode {
  const timeoutMs = options.timeoutMs ?? 15_000
  const callsPerRequest = options.callsPerRequest ?? 256
  return {
    async ask(calls) {
      const results: unknown[] = []
      for (let start = 0; start < calls.length; start += callsPerRequest) {
        results.push(...(await request(url, calls.slice(start, start + callsPerRequest), timeoutMs)))
      }
      return results
    },
  }
}

interface Answer {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
}

async function request(url: string, calls: readonly Call[], timeoutMs: number): Promise<unknown[]> {
  const body = JSON.stringify(
    calls.map((call, id) => ({ jsonrpc: '2.0', id, method: call.method, params: call.params })),
  )
  const answers = await post(url, body, timeoutMs)
  // A node that refuses the whole batch answers with one object.
  const list: readonly Answer[] = Array.isArray(answers) ? answers : [answers as Answer]
  const byId = new Map(list.map((answer) => [answer.id, answer]))
  return calls.map((call, id) => {
    const answer = byId.get(id) ?? (list.length === 1 ? list[0] : undefined)
    if (answer?.error !== undefined) {
      throw new NodeRefused(
        call.method,
        Number(answer.error.code ?? 0),
        String(answer.error.message ?? 'no reason given'),
      )
    }
    if (answer?.id !== id || answer.result === undefined) {
      throw new NodeUnreachable(`The node left ${call.method} without an answer.`)
    }
    return answer.result
  })
}

async function post(url: string, body: string, timeoutMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new Error(`HTTP status ${response.status}`)
    return await response.json()
  } catch (error) {
    throw new NodeUnreachable(`The node does not answer: ${reasonOf(error)}.`, {
      timedOut: error instanceof Error && error.name === 'TimeoutError',
      cause: error,
    })
  }
}

/** What went wrong, without the address: it may hold a key. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return error.name === 'TimeoutError' ? 'no answer in time' : error.message
}
