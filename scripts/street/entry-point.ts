import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Address, getContractAddress, type Hex, zeroAddress } from 'viem'
import { entryPoint } from '#contracts/user-operation.ts'
import type { EmbeddedChain } from './chain.ts'
import { Complaint } from './complaint.ts'

/** Where the entry point keeps the helper that deploys accounts: the first contract it creates. */
export const senderCreator: Address = getContractAddress({ from: entryPoint, nonce: 1n })

const enoughGas = '0xe4e1c0'

/**
 * Puts ERC-4337's entry point onto an embedded chain, at the address where it stands on public ones. Their creation
 * code runs there in a question and what it answers is set, so no transaction is kept of it: to be repeated wherever
 * the chain was made again. Does nothing where it stands already.
 */
export async function plantEntryPoint(chain: EmbeddedChain): Promise<void> {
  if ((await codeAt(chain, entryPoint)) !== '0x') return
  await tell(chain, 'setNonce', entryPoint, '0x1')
  await plant(chain, { name: 'EntryPoint', at: entryPoint, by: zeroAddress })
  await tell(chain, 'setNonce', entryPoint, '0x2')
  await plant(chain, { name: 'SenderCreator', at: senderCreator, by: entryPoint })
}

interface Planting {
  readonly name: 'EntryPoint' | 'SenderCreator'
  readonly at: Address
  /** Who creates it: the helper remembers that. */
  readonly by: Address
}

async function plant(chain: EmbeddedChain, { name, at, by }: Planting): Promise<void> {
  await tell(chain, 'setCode', at, creationCodeOf(name))
  const code = await chain.rpc.ask<Hex>('eth_call', [{ from: by, to: at, gas: enoughGas }, 'latest'])
  if (code === '0x') throw new Complaint(`The chain could not run the creation code of ${name}.`)
  await tell(chain, 'setCode', at, code)
}

const codeAt = (chain: EmbeddedChain, at: Address): Promise<Hex> => chain.rpc.ask<Hex>('eth_getCode', [at, 'latest'])

const tell = (chain: EmbeddedChain, what: 'setCode' | 'setNonce', at: Address, value: Hex): Promise<unknown> =>
  chain.rpc.ask(`${chain.kind === 'hardhat' ? 'hardhat' : 'anvil'}_${what}`, [at, value])

function creationCodeOf(name: Planting['name']): Hex {
  const artifact = createRequire(import.meta.url).resolve(`@account-abstraction/contracts/artifacts/${name}.json`)
  return (JSON.parse(readFileSync(artifact, 'utf8')) as { bytecode: Hex }).bytecode
}
