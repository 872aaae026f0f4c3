import type { Hex } from 'viem'
import { type ReadReceipt, readReceipts, textOf } from './receipts-text.ts'
import type { RlpWriter } from './rlp.ts'
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
export const emptyReceiptsRoot: Hex = hexOf(indexTrieRoot(0, () => undefined))

/** Legacy, access list, dynamic fee, blobs, set code: receipts of later kinds may be made up in another way. */
const newestKind = 4

/** Whether all of these receipts are of kinds whose encoding we know. */
export function areKnownKinds(receipts: readonly ReadReceipt[]): boolean {
  return receipts.every(({ type }) => type === undefined || type === '0x0' || kindOf(type) <= newestKind)
}

/** The root of the trie of these receipts, given in the block's order. */
export const receiptsRoot = (receipts: readonly ReceiptAnswer[]): Hex => rootOf(readReceipts(textOf(receipts)) ?? [])

/**
 * The same of receipts that were read. The blooms are taken as given: where the root is the header's, they were right.
 */
export function rootOf(receipts: readonly ReadReceipt[]): Hex {
  const root = indexTrieRoot(receipts.length, (writer, index) => {
    const receipt = receipts[index]
    if (receipt === undefined) throw new Error('a receipt is missing')
    writeReceipt(writer, receipt)
  })
  return hexOf(root)
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`
}

/** EIP-2718: the kind, then the list; of a legacy receipt the list alone. */
function writeReceipt(writer: RlpWriter, receipt: ReadReceipt): void {
  const since = writer.mark
  writer.raw(receipt.encodedLogs)
  writer.wrapList(since)
  writer.string(receipt.logsBloom)
  writer.quantity(receipt.cumulativeGasUsed)
  if (receipt.status === undefined) writer.string(receipt.root)
  else writer.quantity(receipt.status)
  writer.wrapList(since)
  const kind = receipt.type === undefined ? 0 : kindOf(receipt.type)
  if (kind > 0) writer.octet(kind)
}

const kindOf = (type: Hex): number => Number.parseInt(type, 16)
