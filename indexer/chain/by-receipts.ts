import type { Hex } from 'viem'
import type { Header } from './header.ts'
import { areKnownKinds, emptyReceiptsRoot, type ReceiptAnswer, receiptsRoot } from './receipts.ts'
import { Malformed } from './rlp.ts'
import type { NotTaken, PlacedLog } from './stretch.ts'

/** What the receipts of a block prove: its logs, or, where one of them is of a kind we do not know, nothing. */
export type Proof = { readonly logs: readonly PlacedLog[] } | 'unknownKind' | NotTaken

/**
 * Proves the logs of a block: the root of all its receipts must be the one in its header. Addresses, topics and data
 * follow from it, and the place of each log in the block. Not proven are the hashes of the transactions, which are only
 * held against the block's own list: the header has a root of the transactions themselves.
 */
export function proveLogs(header: Header, answer: unknown): Proof {
  const refuse = (refused: NotTaken['refused'], detail: string): NotTaken => {
    return { refused, at: header.number, detail }
  }
  if (answer === null && header.receiptsRoot === emptyReceiptsRoot) return { logs: [] }
  if (answer === null) return refuse('behind', 'the node does not have the receipts of this block')
  if (!Array.isArray(answer) || !answer.every(isObject)) return refuse('lied', 'its receipts are no list of receipts')
  const receipts = inOrder(answer as readonly ReceiptAnswer[])
  const stray = receipts.find((receipt) => receipt.blockHash !== header.hash)
  if (stray !== undefined) return refuse('moved', `a receipt is of block ${String(stray.blockHash)}`)
  if (!areKnownKinds(receipts)) return 'unknownKind'
  try {
    const root = receiptsRoot(receipts)
    if (root !== header.receiptsRoot) {
      return refuse('lied', `its receipts have the root ${root}, its header says ${header.receiptsRoot}`)
    }
  } catch (error) {
    if (error instanceof Malformed) return refuse('lied', `its receipts cannot be read: ${error.message}`)
    throw error
  }
  return logsOf(header, receipts) ?? refuse('lied', 'its receipts are of other transactions than the block')
}

const isObject = (given: unknown): given is object => typeof given === 'object' && given !== null

/** In the block's order: that of an answer may be any. */
function inOrder(receipts: readonly ReceiptAnswer[]): readonly ReceiptAnswer[] {
  const placeOf = (receipt: ReceiptAnswer) => Number.parseInt(receipt.transactionIndex, 16)
  const ordered = receipts.every((receipt, index) => placeOf(receipt) === index)
  return ordered ? receipts : receipts.toSorted((one, other) => placeOf(one) - placeOf(other))
}

function logsOf(header: Header, receipts: readonly ReceiptAnswer[]): Proof | undefined {
  if (header.transactions.length !== receipts.length) return undefined
  const logs: PlacedLog[] = []
  for (const [index, receipt] of receipts.entries()) {
    const transactionHash: Hex = receipt.transactionHash
    if (transactionHash !== header.transactions[index]) return undefined
    for (const { address, topics, data, removed } of receipt.logs) {
      if (removed === true) return { refused: 'moved', at: header.number, detail: 'a log is marked as removed' }
      logs.push({ address, topics, data, blockNumber: header.number, logIndex: logs.length, transactionHash })
    }
  }
  return { logs }
}
