import { existsSync, readFileSync } from 'node:fs'
import type pg from 'pg'
import { type Address, encodeFunctionData, type Hex } from 'viem'
import { z } from 'zod'
import { consortiumAbi } from '#contracts/generated.ts'
import { Complaint } from '../complaint.ts'
import type { Deployment } from '../deployment.ts'
import { keyIn } from '../keys.ts'
import { admission, deposited, foundersAct, gasMoneyFor, mintedFor } from '../opening.ts'
import type { StreetFiles } from '../place.ts'
import { blockAt, type Rpc } from '../rpc.ts'
import { feesAt, type Signed, type Signer, sentAndSettled, signerFor } from '../signing.ts'
import { keepSigned, noteMined } from '../submissions.ts'

/** Whoever must agree before past sales can be brought in: each act is kept, sent, and waited for. */
export interface Officers {
  applyAsShop(ownerKey: Hex): Promise<void>
  admit(shop: number): Promise<void>
  raiseReceiptLimit(ownerKey: Hex, shop: number, points: bigint): Promise<void>
  /** The shop's owner asks for an import key, and the founders approve it. */
  bringImportKey(wanted: WantedImport, budget: bigint): Promise<void>
  /** Makes street money and locks it as that shop's reserve. */
  deposit(shop: number, amount: bigint): Promise<void>
}

export interface WantedImport {
  readonly shop: number
  readonly key: Address
  /** Signs for the shop; undefined where it is one of the demo's. */
  readonly ownerKey: Hex | undefined
}

const privateKey = z.string().transform((text) => text as Hex)
const people = z.object({
  board: z.object({ privateKey }),
  owners: z.array(z.object({ shop: z.int(), privateKey })),
})

export interface OfficersOptions {
  readonly files: StreetFiles
  readonly rpc: Rpc
  readonly db: pg.Pool
  readonly deployment: Deployment
}

/** The officers of an embedded street. On a chain of the person's own nobody here may act for them. */
export async function officersOf(options: OfficersOptions): Promise<Officers | undefined> {
  const { files, rpc, db, deployment } = options
  if (!deployment.embedded) return undefined
  if (!existsSync(files.deployerKey) || !existsSync(files.people)) {
    throw new Complaint(
      `The keys of this street’s board are missing from ${files.home}, so nobody can approve an import.`,
    )
  }
  const fees = await feesAt(rpc)
  const signer = (key: Hex): Promise<Signer> => signerFor(rpc, key, deployment.chainId, roomy(fees))
  const deployer = await signer(keyIn(files.deployerKey))
  const known = people.parse(JSON.parse(readFileSync(files.people, 'utf8')))
  const board = await signer(known.board.privateKey)
  const perform = async (...acts: readonly Signed[]): Promise<void> => {
    for (const act of acts) await keepSigned(db, act)
    const receipts = await sentAndSettled(rpc, acts)
    for (const [index, act] of acts.entries()) {
      const block = await blockAt(rpc, receipts[index]?.block ?? 'latest')
      if (block !== undefined) await noteMined(db, act, block)
    }
  }
  const to = deployment.contracts.consortium
  return {
    async applyAsShop(ownerKey) {
      const owner = await signer(ownerKey)
      const balance = BigInt(await rpc.ask<string>('eth_getBalance', [owner.address, 'latest']))
      if (balance === 0n) await perform(await gasMoneyFor(deployer, owner.address))
      const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'applyToJoin' })
      await perform(await owner.sign({ to, data, gas: 300_000n, purpose: 'apply as a shop' }))
    },
    async admit(shop) {
      await perform(await admission({ board, deployment }, shop, false))
    },
    async raiseReceiptLimit(ownerKey, shop, points) {
      const owner = await signer(ownerKey)
      const args = [shop, Number(points)] as const
      const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'setReceiptLimit', args })
      await perform(await owner.sign({ to, data, gas: 150_000n, purpose: `raise the receipt limit of shop ${shop}` }))
    },
    async bringImportKey({ shop, key, ownerKey }, budget) {
      const ownKey = ownerKey ?? known.owners.find((one) => one.shop === shop)?.privateKey
      if (ownKey === undefined) throw new Complaint(`Nobody here holds the key of the owner of shop ${shop}.`)
      const args = [shop, key, Number(budget)] as const
      const ask = encodeFunctionData({ abi: consortiumAbi, functionName: 'askImport', args })
      const owner = await signer(ownKey)
      await perform(await owner.sign({ to, data: ask, gas: 150_000n, purpose: `ask for an import at shop ${shop}` }))
      const data = encodeFunctionData({ abi: consortiumAbi, functionName: 'approveImport', args })
      const purpose = `approve an import at shop ${shop}`
      await perform(await foundersAct({ board, deployment }, { data, gas: 400_000n, purpose }))
    },
    async deposit(shop, amount) {
      const minted = await mintedFor({ deployer, deployment }, deployer.address, amount)
      await perform(minted, ...(await deposited({ deployment }, deployer, { shop, amount })))
    },
  }
}

/** Free of charge as the chain is, a bound of nothing would be too low as soon as blocks fill up. */
function roomy(fees: { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }) {
  return { maxFeePerGas: fees.maxFeePerGas + 1_000_000_000n, maxPriorityFeePerGas: fees.maxPriorityFeePerGas }
}
