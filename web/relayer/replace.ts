import { keccak256, parseTransaction } from 'viem'
import type { Block } from './node.ts'
import { priceAt } from './price.ts'
import type { Lane, Street } from './street.ts'
import { noteReplaced, type Submission } from './submissions.ts'

/** The next transaction in line, offered to the node for so many blocks without being mined, needs a better price. */
const stuckAfterBlocks = 15n

/** The same number, the same call, a better price: whichever of the two is mined, the thing is done once. */
export async function replaceStuck(
  { database, node, log, metrics }: Street,
  { account, memory }: Lane,
  { head, first }: { readonly head: Block; readonly first: Submission | undefined },
): Promise<void> {
  const known = memory.waitingSince
  if (first === undefined) {
    memory.waitingSince = null
    return
  }
  if (known?.nonce !== first.nonce || known.block > head.number) {
    memory.waitingSince = { nonce: first.nonce, block: head.number }
    return
  }
  if (head.number - known.block < stuckAfterBlocks) return
  const was = parseTransaction(first.raw)
  if (was.type !== 'eip1559' || was.to === undefined || was.to === null) {
    throw new Error(`submission ${first.nonce} is none of this relayer's transactions`)
  }
  const raw = await account.signTransaction({
    ...{ type: 'eip1559', chainId: was.chainId, nonce: was.nonce ?? 0, to: was.to, gas: was.gas ?? 0n },
    ...{ data: was.data ?? '0x', value: 0n },
    ...raised(was, head),
  })
  const hash = keccak256(raw)
  await noteReplaced(database, account.address, { was: first, hash, raw })
  memory.waitingSince = { nonce: first.nonce, block: head.number }
  metrics.replaced()
  const complaint = await node.send(raw)
  memory.sentAtBlock.set(first.nonce, head.number)
  const facts = { event: 'transaction.replaced', nonce: `${first.nonce}`, hash, instead: first.hash, complaint }
  log.warn(facts, 'stuck; offered at a better price')
}

interface Price {
  readonly maxFeePerGas?: bigint | undefined
  readonly maxPriorityFeePerGas?: bigint | undefined
}

/** Nodes want at least a tenth more of both before they let go of the old one. */
function raised(was: Price, head: Block): { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } {
  const now = priceAt(head)
  const maxPriorityFeePerGas = most(moreUp(was.maxPriorityFeePerGas ?? 0n), now.maxPriorityFeePerGas)
  const maxFeePerGas = most(moreUp(was.maxFeePerGas ?? 0n), now.maxFeePerGas)
  return { maxPriorityFeePerGas, maxFeePerGas: most(maxFeePerGas, maxPriorityFeePerGas) }
}

const moreUp = (fee: bigint): bigint => fee + fee / 4n + 1_000_000n
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
