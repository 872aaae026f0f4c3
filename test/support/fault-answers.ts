import type { Hex } from 'viem'
import type { Chance } from './traffic.ts'

/** A JSON-RPC question as it travels. */
export interface Question {
  readonly id: unknown
  readonly method: string
  readonly params: readonly unknown[]
}

/** A JSON-RPC answer as it travels. */
export interface Answer {
  readonly id: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

type Log = Readonly<Record<string, unknown>> & { readonly data: Hex; readonly logIndex: Hex }
type Receipt = Readonly<Record<string, unknown>> & { readonly logs: readonly Log[] }
type Header = Readonly<Record<string, unknown>> & { readonly hash: Hex; readonly timestamp: Hex }

const lastDigit = (hex: Hex): Hex => `${hex.slice(0, -1)}${hex.endsWith('1') ? '2' : '1'}` as Hex

/** What a liar makes of the logs of one answer. */
const onLogs = {
  /** One log is missing. */
  logDropped: (logs, chance) => logs.toSpliced(chance.below(logs.length), 1),
  /** One log says another amount. */
  logChanged: (logs, chance) => {
    const at = chance.below(logs.length)
    return logs.map((log, index) => (index === at ? { ...log, data: lastDigit(log.data) } : log))
  },
  /** A log is there that nobody said. */
  logAdded: (logs, chance) => {
    const log = chance.of(logs)
    const highest = Math.max(...logs.map(({ logIndex }) => Number(logIndex)))
    return [...logs, { ...log, logIndex: `0x${(highest + 1).toString(16)}` }]
  },
  /** One log comes twice. */
  logDoubled: (logs, chance) => [...logs, chance.of(logs)],
  /** Logs are marked as taken back, inside a question about what stands. */
  logRemoved: (logs) => logs.map((log) => ({ ...log, removed: true })),
} as const satisfies Record<string, (logs: readonly Log[], chance: Chance) => readonly Log[]>

/** What a liar makes of a header. */
const onHeaders = {
  /** The block bears another hash. */
  hashChanged: (header) => ({ ...header, hash: lastDigit(header.hash) }),
  /** A field is another, and the hash is not. */
  headerChanged: (header) => ({ ...header, timestamp: lastDigit(header.timestamp) }),
} as const satisfies Record<string, (header: Header) => Header>

export const lies = [...Object.keys(onLogs), ...Object.keys(onHeaders)] as readonly Lie[]
export type Lie = keyof typeof onLogs | keyof typeof onHeaders

/**
 * Changes one answer in which there is something to change; undefined where there is nothing. Logs are changed in
 * eth_getLogs as in eth_getBlockReceipts, headers in eth_getBlockByNumber.
 */
export function told(lie: Lie, questions: readonly Question[], answers: readonly Answer[], chance: Chance) {
  const open = answers.flatMap((answer, index) => {
    const question = questions.find(({ id }) => id === answer.id)
    const changed = question === undefined ? undefined : changedBy(lie, question.method, answer.result, chance)
    return changed === undefined ? [] : [{ index, changed }]
  })
  if (open.length === 0) return undefined
  const { index, changed } = chance.of(open)
  return answers.map((answer, at) => (at === index ? { ...answer, result: changed } : answer))
}

function changedBy(lie: Lie, method: string, result: unknown, chance: Chance): unknown {
  if (lie in onHeaders) {
    if (method !== 'eth_getBlockByNumber' || result === null || result === undefined) return undefined
    return onHeaders[lie as keyof typeof onHeaders](result as Header)
  }
  if (!Array.isArray(result)) return undefined
  const change = onLogs[lie as keyof typeof onLogs]
  if (method === 'eth_getLogs') return result.length === 0 ? undefined : change(result as Log[], chance)
  if (method !== 'eth_getBlockReceipts') return undefined
  const receipts = result as readonly Receipt[]
  const at = receipts.findIndex((receipt) => receipt.logs.length > 0)
  if (at < 0) return undefined
  return receipts.map((receipt, index) => (index === at ? { ...receipt, logs: change(receipt.logs, chance) } : receipt))
}

/** What a node answers that does not have the blocks above `head`; `latest` is the block it does have. */
export function asOfHead(question: Question, answer: Answer, head: number, latest: unknown): Answer {
  const { method, params } = question
  if (method === 'eth_blockNumber') return { ...answer, result: `0x${head.toString(16)}` }
  if (method === 'eth_getBlockByNumber' && params[0] === 'latest') return { ...answer, result: latest }
  if (method === 'eth_getBlockByNumber' || method === 'eth_getBlockReceipts') {
    return Number(params[0]) > head ? { ...answer, result: null } : answer
  }
  // A range that reaches beyond the head is cut off there, and nothing says so.
  if (method === 'eth_getLogs' && Array.isArray(answer.result)) {
    return { ...answer, result: answer.result.filter((log: { blockNumber: Hex }) => Number(log.blockNumber) <= head) }
  }
  return answer
}

/** The answers, and the logs within each, in another order. */
export function shuffled(questions: readonly Question[], answers: readonly Answer[], chance: Chance): Answer[] {
  const lists = new Set(['eth_getLogs', 'eth_getBlockReceipts'])
  const within = answers.map((answer) => {
    const method = questions.find(({ id }) => id === answer.id)?.method ?? ''
    return lists.has(method) && Array.isArray(answer.result)
      ? { ...answer, result: inAnyOrder(answer.result, chance) }
      : answer
  })
  return inAnyOrder(within, chance)
}

function inAnyOrder<item>(items: readonly item[], chance: Chance): item[] {
  const left = [...items]
  return items.flatMap(() => left.splice(chance.below(left.length), 1))
}
