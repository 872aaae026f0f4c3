import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, type Hex, keccak256, type PrivateKeyAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { Complaint } from './complaint.ts'
import { type Rpc, rpcAt } from './rpc.ts'

/** A transaction as it goes to the chain, and what it is for. The same bytes can never do the thing twice. */
export interface Signed {
  readonly sender: Address
  readonly nonce: number
  readonly hash: Hex
  readonly raw: Hex
  readonly purpose: string
}

export interface Call {
  /** Absent: a contract is made. */
  readonly to?: Address
  readonly data?: Hex
  readonly value?: bigint
  readonly gas: bigint
  readonly purpose: string
}

/** Signs for one account, numbering its transactions; whatever is signed must be sent, in that order. */
export interface Signer {
  readonly address: Address
  readonly account: PrivateKeyAccount
  nextNonce(): number
  sign(call: Call): Promise<Signed>
}

export interface Fees {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

// The embedded chain asks for nothing; the bound only has to lie above whatever full blocks make of nothing.
const embeddedFees: Fees = { maxFeePerGas: 1_000_000_000n, maxPriorityFeePerGas: 0n }

export async function signerFor(rpc: Rpc, key: Hex, chainId: number, fees: Fees = embeddedFees): Promise<Signer> {
  const account = privateKeyToAccount(key)
  let nonce = Number(await rpc.ask<string>('eth_getTransactionCount', [account.address, 'pending']))
  return {
    address: account.address,
    account,
    nextNonce: () => nonce,
    async sign(call) {
      const { purpose, to, ...rest } = call
      const own = nonce++
      const raw = await account.signTransaction({
        ...rest,
        ...fees,
        to: to ?? null,
        nonce: own,
        chainId,
        type: 'eip1559',
      })
      return { sender: account.address, nonce: own, hash: keccak256(raw), raw, purpose }
    },
  }
}

export interface Receipt {
  readonly hash: Hex
  readonly block: number
  readonly succeeded: boolean
  readonly gasUsed: number
  readonly logs: readonly { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }[]
}

interface RawReceipt {
  readonly transactionHash: Hex
  readonly blockNumber: string
  readonly status: string
  readonly gasUsed: string
  readonly logs: Receipt['logs']
}

/** The receipts of those transactions that stand in a block, in the order asked. */
export async function receiptsOf(rpc: Rpc, hashes: readonly Hex[]): Promise<(Receipt | undefined)[]> {
  const questions = hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] }))
  const answers = await rpc.askAll<RawReceipt | null>(questions)
  return answers.map((answer) =>
    answer === null
      ? undefined
      : {
          hash: answer.transactionHash,
          block: Number(answer.blockNumber),
          succeeded: answer.status === '0x1',
          gasUsed: Number(answer.gasUsed),
          logs: answer.logs,
        },
  )
}

/** Hands transactions to the node. One that the node already knows is as good as sent. */
export async function sendAll(rpc: Rpc, signed: readonly Signed[]): Promise<void> {
  for (const one of signed) {
    try {
      await rpc.ask('eth_sendRawTransaction', [one.raw])
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      if (!/already (known|imported)|known transaction/i.test(said)) throw error
    }
  }
}

/** What became of transactions that had to succeed. */
export async function settledReceipts(rpc: Rpc, signed: readonly Signed[]): Promise<Receipt[]> {
  const receipts = await receiptsOf(
    rpc,
    signed.map((one) => one.hash),
  )
  return signed.map((one, index) => {
    const receipt = receipts[index]
    if (receipt === undefined) throw new Error(`transaction "${one.purpose}" ${one.hash} is in no block`)
    if (!receipt.succeeded) throw new Error(`transaction "${one.purpose}" ${one.hash} was reverted by the chain`)
    return receipt
  })
}

/** The chain id a node works on; a node that cannot be asked is the person's to put right. */
export async function chainIdAt(url: string): Promise<number> {
  try {
    return Number(await rpcAt(url).ask<string>('eth_chainId'))
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Complaint(`No node of a chain answers at ${url}, where RPC_URL points (${said}).`)
  }
}

/** What the chain asks for gas now, doubled, so that a busy minute does not strand a transaction. */
export async function feesAt(rpc: Rpc): Promise<Fees> {
  const tip = BigInt(await rpc.ask<string>('eth_maxPriorityFeePerGas'))
  const block = await rpc.ask<{ baseFeePerGas?: string }>('eth_getBlockByNumber', ['latest', false])
  return { maxFeePerGas: BigInt(block.baseFeePerGas ?? '0x0') * 2n + tip, maxPriorityFeePerGas: tip }
}

/** Sends on a chain that mines by itself, and waits until every one stands in a block. */
export async function sentAndSettled(rpc: Rpc, signed: readonly Signed[]): Promise<Receipt[]> {
  await sendAll(rpc, signed)
  return sentReceipts(rpc, signed)
}

const patienceMs = 120_000

/** Waits until transactions that were sent stand in blocks. */
export async function sentReceipts(rpc: Rpc, signed: readonly Signed[]): Promise<Receipt[]> {
  const deadline = Date.now() + patienceMs
  const hashes = signed.map((one) => one.hash)
  for (;;) {
    const found = await receiptsOf(rpc, hashes)
    if (found.every((receipt) => receipt !== undefined)) return settledReceipts(rpc, signed)
    if (Date.now() > deadline) throw new Error(`the chain mined nothing of "${signed[0]?.purpose}" in ${patienceMs} ms`)
    await sleep(50)
  }
}
