/** A node's plain JSON-RPC, one question or many at once, for what is asked of the node and not of a contract. */
export interface Rpc {
  readonly url: string
  ask<Answer = unknown>(method: string, params?: readonly unknown[]): Promise<Answer>
  askAll<Answer = unknown>(questions: readonly Question[]): Promise<Answer[]>
}

export interface Question {
  readonly method: string
  readonly params: readonly unknown[]
}

/** The node answered, and said no. */
export class NodeRefused extends Error {
  override readonly name = 'NodeRefused'
}

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

export function rpcAt(url: string): Rpc {
  const askAll = async <Answer>(questions: readonly Question[]): Promise<Answer[]> => {
    if (questions.length === 0) return []
    const body = questions.map((question, id) => ({ jsonrpc: '2.0', id, ...question }))
    const replies = (await post(url, body)) as readonly Reply[]
    const byId = new Map(replies.map((reply) => [reply.id, reply]))
    return questions.map((question, id) => resultOf(byId.get(id), question.method) as Answer)
  }
  return {
    url,
    askAll,
    async ask<Answer>(method: string, params: readonly unknown[] = []) {
      const reply = (await post(url, { jsonrpc: '2.0', id: 0, method, params })) as Reply
      return resultOf(reply, method) as Answer
    },
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
  if (!answer.ok) throw new Error(`the node at ${url} answered with status ${answer.status}`)
  return answer.json()
}

function resultOf(reply: Reply | undefined, method: string): unknown {
  if (reply === undefined) throw new Error(`the node left ${method} unanswered`)
  if (reply.error !== undefined) throw new NodeRefused(`${method}: ${reply.error.message}`)
  return reply.result
}

export interface BlockHeader {
  readonly number: number
  readonly hash: `0x${string}`
  readonly time: number
}

/** The header at a height or tag; undefined above the head. */
export async function blockAt(rpc: Rpc, at: number | 'latest'): Promise<BlockHeader | undefined> {
  const tag = at === 'latest' ? at : `0x${at.toString(16)}`
  const block = await rpc.ask<{ number: string; hash: `0x${string}`; timestamp: string } | null>(
    'eth_getBlockByNumber',
    [tag, false],
  )
  return block === null ? undefined : { number: Number(block.number), hash: block.hash, time: Number(block.timestamp) }
}
