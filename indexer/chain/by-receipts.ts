import type { Hex } from 'viem'
import type { Header } from './header.ts'
import { ProvenLog } from './proven-log.ts'
import { areKnownKinds, emptyReceiptsRoot, rootOf } from './receipts.ts'
import { type ReadReceipt, type Room, readReceipts, textOf } from './receipts-text.ts'
import { Malformed } from './rlp.ts'
import type { NotTaken, PlacedLog } from './stretch.ts'

/** What the receipts of a block prove: its logs, or, where one of them is of a kind we do not know, nothing. */
export type Proof = { readonly logs: readonly PlacedLog[] } | 'unknownKind' | NotTaken

/**
 * Proves the logs of a block: the root of all its receipts must be the one in its header. Addresses, topics and data
 * follow from it, and the place of each log in the block. Not proven are the hashes of the transactions, which are only
 * held against the block's own list: the header has a root of the transactions themselves. The answer may be the text
 * that came over the wire. The logs are good as long as `room` is not cleared.
 */
export function proveLogs(header: Header, answer: unknown, room?: Room): Proof {
  const refuse = (refused: NotTaken['refused'], detail: string): NotTaken => {
    return { refused, at: header.number, detail }
  }
  if (answer === null && header.receiptsRoot === emptyReceiptsRoot) return { logs: [] }
  if (answer === null) return refuse('behind', 'the node does not have the receipts of this block')
  try {
    const read = readReceipts(textOf(answer), room)
    if (read === undefined) return refuse('lied', 'its receipts are no list of receipts')
    const receipts = inOrder(read)
    const stray = receipts.find((receipt) => receipt.blockHash !== header.hash)
    if (stray !== undefined) return refuse('moved', `a receipt is of block ${String(stray.blockHash)}`)
    if (!areKnownKinds(receipts)) return 'unknownKind'
    const root = rootOf(receipts)
    if (root !== header.receiptsRoot) {
      return refuse('lied', `its receipts have the root ${root}, its header says ${header.receiptsRoot}`)
    }
    return logsOf(header, receipts) ?? refuse('lied', 'its receipts are of other transactions than the block')
  } catch (error) {
    if (error instanceof Malformed) return refuse('lied', `its receipts cannot be read: ${error.message}`)
    throw error
  }
}

/** In the block's order: that of an answer may be any. */
function inOrder(receipts: readonly ReadReceipt[]): readonly ReadReceipt[] {
  const placeOf = (receipt: ReadReceipt) => Number.parseInt(receipt.transactionIndex ?? '', 16)
  const ordered = receipts.every((receipt, index) => placeOf(receipt) === index)
  return ordered ? receipts : receipts.toSorted((one, other) => placeOf(one) - placeOf(other))
}

function logsOf(header: Header, receipts: readonly ReadReceipt[]): Proof | undefined {
  if (header.transactions.length !== receipts.length) return undefined
  const logs: PlacedLog[] = []
  for (const [index, receipt] of receipts.entries()) {
    const transactionHash: Hex | undefined = header.transactions[index]
    if (transactionHash === undefined || receipt.transactionHash !== transactionHash) return undefined
    if (receipt.isRemoved) return { refused: 'moved', at: header.number, detail: 'a log is marked as removed' }
    for (const log of receipt.logs) {
      logs.push(new ProvenLog(log, { blockNumber: header.number, logIndex: logs.length, transactionHash }))
    }
  }
  return { logs }
}
