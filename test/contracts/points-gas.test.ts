// What the token's own acts cost beside the least that any token could take for them, between accounts that hold
// points already and with nothing warm.
import { type Abi, type Address, encodeFunctionData, type Hex, hexToBytes, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { packEntries } from '#contracts/terms.ts'
import { keyOf, openStreet, type Street } from './support/street.ts'

const abi: Abi = shopPointsAbi
const [from, to] = [keyOf(1).address, keyOf(2).address]

let street: Street
let token: Address

beforeAll(async () => {
  street = await openStreet(1)
  token = street.shops[0]?.token ?? zeroAddress
  for (const who of [from, to, street.contracts.issuance, street.contracts.redemptions]) await street.become(who)
  for (const holder of [from, to]) await street.must(street.contracts.issuance, token, abi, 'issue', purchase(holder))
})

function purchase(member: Address): readonly unknown[] {
  return [packEntries([{ member, points: 10_000n, spend: 10_000n, soldAt: 1_800_000_000 }]), 1n]
}

function calldataGas(data: Hex): number {
  return hexToBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0)
}

/** The transaction, its calldata, two cold words written over, and one event with three indexed fields and one word. */
function floorOf(data: Hex): number {
  return 21_000 + calldataGas(data) + 2 * (2_100 + 2_900) + 375 + 3 * 375 + 8 * 32
}

async function times(who: Address, functionName: string, args: readonly unknown[]) {
  const gas = Number(await street.must(who, token, abi, functionName, args))
  const floor = floorOf(encodeFunctionData({ abi, functionName, args }))
  return { act: functionName, gas, floor, times: Math.round((gas / floor) * 10_000) / 10_000 }
}

describe("the token's own acts", () => {
  test('cost at most 1.13 times what any token must take, lapsing and the clock included', async () => {
    const measured = [
      await times(from, 'transfer', [to, 5n]),
      await times(street.contracts.issuance, 'issue', purchase(from)),
      await times(street.contracts.redemptions, 'burn', [from, 500]),
    ]
    console.table(measured)
    for (const row of measured) expect.soft(row.times, row.act).toBeLessThanOrEqual(1.13)
  })
})
