import type { Answer, Meddling } from './between.ts'
import { transferTopic } from './topics.ts'

const receipts = 'eth_getBlockReceipts'
const logs = 'eth_getLogs'

/**
 * A node that knows no receipts, which are what a proof is made of: the mirror then takes its word, with what blooms
 * can say.
 */
export const noReceipts: Meddling = {
  methods: [receipts],
  instead: ({ id, method }) =>
    method === receipts ? { id, error: { code: -32_601, message: 'Method not found' } } : undefined,
}

interface Log {
  readonly topics: readonly string[]
}

/** Of several transfers that an answer speaks of, one in the middle is missing; of fewer, none. */
export const oneTransferMissing: Meddling = {
  methods: [receipts, logs],
  change: ({ method }, answer) => (method === logs ? withoutOne(answer) : withoutOneOfReceipts(answer)),
}

function withoutOne(answer: Answer): Answer {
  return Array.isArray(answer.result) ? { ...answer, result: left(answer.result as readonly Log[]) } : answer
}

function withoutOneOfReceipts(answer: Answer): Answer {
  if (!Array.isArray(answer.result)) return answer
  const result = answer.result as readonly { readonly logs: readonly Log[] }[]
  const at = result.findIndex((receipt) => left(receipt.logs) !== receipt.logs)
  const changed = result.map((one, index) => (index === at ? { ...one, logs: left(one.logs) } : one))
  return { ...answer, result: changed }
}

function left(all: readonly Log[]): readonly Log[] {
  const transfers = all.flatMap((log, index) => (log.topics[0] === transferTopic ? [index] : []))
  if (transfers.length < 2) return all
  return all.toSpliced(transfers[transfers.length >> 1] ?? 0, 1)
}
