import type { Hex } from 'viem'

// The auditor asks the node by itself: what it shares with the mirror, it could not check.

/** One question to a node. */
export interface Question {
  readonly method: string
  readonly params: readonly unknown[]
}

/** An answer, or the node's own refusal of this one question. */
export type Reply = { readonly result: unknown } | { readonly refused: string; readonly code: number }

/** The node did not answer at all: nothing can be said, neither good nor bad. */
export class NodeSilent extends Error {
  override readonly name = 'NodeSilent'
}

export interface AuditedNode {
  /** Asks many questions in a few requests; answers in order. */
  ask(questions: readonly Question[]): Promise<readonly Reply[]>
}

const questionsPerRequest = 100
const patienceMs = 20_000

interface Answer {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown }
}

export function auditedNode(url: string): AuditedNode {
  return {
    async ask(questions) {
      const replies: Reply[] = []
      for (let start = 0; start < questions.length; start += questionsPerRequest) {
        replies.push(...(await request(url, questions.slice(start, start + questionsPerRequest))))
      }
      return replies
    },
  }
}

async function request(url: string, questions: readonly Question[]): Promise<Reply[]> {
  const body = questions.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params }))
  const said = await post(url, JSON.stringify(body))
  const list: readonly Answer[] = Array.isArray(said) ? said : []
  const byId = new Map(list.map((answer) => [answer.id, answer]))
  return questions.map(({ method }, id) => {
    const answer = byId.get(id)
    if (answer === undefined) throw new NodeSilent(`the node left ${method} without an answer`)
    const { error } = answer
    if (error === undefined) return { result: answer.result }
    return { refused: String(error.message ?? 'no reason given'), code: Number(error.code ?? 0) }
  })
}

async function post(url: string, body: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(patienceMs),
    })
    if (!response.ok) throw new Error(`HTTP status ${response.status}`)
    return await response.json()
  } catch (error) {
    // Without the address: it may hold a key.
    throw new NodeSilent('the node does not answer', { cause: error })
  }
}

/** A block by its hash: a node on another branch cannot answer for it by mistake. */
export const atBlock = (hash: Hex): { readonly blockHash: Hex } => ({ blockHash: hash })
