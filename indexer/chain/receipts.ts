import type { Hex } from 'viem'
import { Malformed, type RlpWriter } from './rlp.ts'
import { indexTrieRoot } from './trie.ts'

/** A receipt as a node gives it, as far as it is proven or needed. */
export interface ReceiptAnswer {
  readonly type?: Hex
  /** Since Byzantium; before, the state's root stood in its place. */
  readonly status?: Hex | null
  readonly root?: Hex | null
  readonly cumulativeGasUsed: Hex
  readonly logsBloom: Hex
  readonly logs: readonly ReceiptLog[]
  readonly transactionHash: Hex
  readonly transactionIndex: Hex
  readonly blockHash: Hex
}

export interface ReceiptLog {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly removed?: boolean
}

/** The root where there are none, which proves by itself that there are none. */
export const emptyReceiptsRoot = receiptsRoot([])

/** Legacy, access list, dynamic fee, blobs, set code: receipts of later kinds may be made up in another way. */
const newestKind = 4

/** Whether all of these receipts are of kinds whose encoding we know. */
export function areKnownKinds(receipts: readonly ReceiptAnswer[]): boolean {
  return receipts.every(({ type }) => type === undefined || type === '0x0' || kindOf(type) <= newestKind)
}

/**
 * The root of the trie of these receipts, given in the block's order. The blooms are taken as given: where the root is
 * the header's, they were right.
 */
export function receiptsRoot(receipts: readonly ReceiptAnswer[]): Hex {
  const root = indexTrieRoot(receipts.length, (writer, index) => {
    const receipt = receipts[index]
    if (receipt === undefined) throw new Error('a receipt is missing')
    writeReceipt(writer, receipt)
  })
  return `0x${Buffer.from(root).toString('hex')}`
}

/** EIP-2718: the kind, then the list; of a legacy receipt the list alone. */
function writeReceipt(writer: RlpWriter, receipt: ReceiptAnswer): void {
  const since = writer.mark
  const { logs } = receipt
  if (!Array.isArray(logs)) throw new Malformed('a receipt has no list of logs')
  for (let index = logs.length - 1; index >= 0; index -= 1) writeLog(writer, logs[index])
  writer.wrapList(since)
  writer.string(receipt.logsBloom)
  writer.quantity(receipt.cumulativeGasUsed)
  if (receipt.status === undefined || receipt.status === null) writer.string(receipt.root)
  else writer.quantity(receipt.status)
  writer.wrapList(since)
  const kind = receipt.type === undefined ? 0 : kindOf(receipt.type)
  if (kind > 0) writer.octet(kind)
}

function writeLog(writer: RlpWriter, log: ReceiptLog | null | undefined): void {
  if (log === null || log === undefined) throw new Malformed('a log is missing')
  const since = writer.mark
  writer.string(log.data)
  const topicsSince = writer.mark
  if (!Array.isArray(log.topics)) throw new Malformed('a log has no list of topics')
  for (let index = log.topics.length - 1; index >= 0; index -= 1) writer.string(log.topics[index])
  writer.wrapList(topicsSince)
  writer.string(log.address)
  writer.wrapList(since)
}

const kindOf = (type: Hex): number => Number.parseInt(type, 16)
