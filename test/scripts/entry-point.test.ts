// The entry point on an embedded chain does what the one on public chains does, and needs nothing from outside.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, type Hex, isAddressEqual } from 'viem'
import { entryPoint09Abi } from 'viem/account-abstraction'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entryPoint, memberOperation, NO_FEES, operationHash, packedOperation } from '#contracts/user-operation.ts'
import { chainKindHere, type EmbeddedChain, startChain } from '../../scripts/street/chain.ts'
import { contractView } from '../../scripts/street/contract-view.ts'
import { plantEntryPoint, senderCreator } from '../../scripts/street/entry-point.ts'
import { filesOf } from '../../scripts/street/place.ts'
import { freePort } from '../../scripts/street/ports.ts'
import { endProcess, startChild } from '../../scripts/street/processes.ts'

const account: Address = '0x00000000000000000000000000000000000acc07'
let folder: string
let chain: EmbeddedChain

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'highstreet-entry-point-'))
  const options = { files: filesOf(folder), port: await freePort(), genesisTime: 1_800_000_000, start: startChild }
  chain = await startChain({ ...options, kind: chainKindHere() })
  await plantEntryPoint(chain)
}, 60_000)

afterAll(async () => {
  await endProcess(chain.child)
  rmSync(folder, { recursive: true, force: true })
})

test('it knows an operation by the hash that members sign, and its helper knows it', async () => {
  const gas = { callGas: 1n, verificationGas: 2n, preVerificationGas: 3n }
  const operation = memberOperation({ account, nonce: 4n, callData: '0x1234', gas, fees: NO_FEES })
  const view = contractView(chain.rpc, entryPoint09Abi, entryPoint)
  expect(await view.read('getUserOpHash', [packedOperation(operation)])).toBe(operationHash(31_337, operation))
  expect(await view.read('getNonce', [account, 0n])).toBe(0n)
  const helpers = await chain.rpc.ask<Hex>('eth_call', [{ to: entryPoint, data: '0x09ccb880' }, 'latest'])
  expect(isAddressEqual(`0x${helpers.slice(-40)}`, senderCreator)).toBe(true)
  const abi = [
    { type: 'function', name: 'entryPoint', inputs: [], outputs: [{ type: 'address' }], stateMutability: 'view' },
  ] as const
  expect(await contractView(chain.rpc, abi, senderCreator).read('entryPoint', [])).toBe(entryPoint)
})

test('it is put there without a block or a transaction, and once', async () => {
  expect(await chain.rpc.ask('eth_blockNumber')).toBe('0x0')
  const code = await chain.rpc.ask<Hex>('eth_getCode', [entryPoint, 'latest'])
  await plantEntryPoint(chain)
  expect(await chain.rpc.ask('eth_getCode', [entryPoint, 'latest'])).toBe(code)
  expect((code.length - 2) / 2).toBeLessThanOrEqual(24_576)
})
