// Which acts are restricted, by asking every contract, and whether the list that deployments work from says so too.
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  type Address,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  authorityAbi,
  clearingHouseAbi,
  consortiumAbi,
  issuanceAbi,
  memberAccountsAbi,
  membershipAbi,
  pointsFactoryAbi,
  redemptionsAbi,
  rewardsAbi,
  scoreLogAbi,
  shopPointsAbi,
  standingAbi,
} from '#contracts/generated.ts'
import { dutiesAt, offices } from '#contracts/offices.ts'
import { board, guardian } from '#test/support/founding.ts'
import { openStreet, type Street } from './support/street.ts'

const stranger: Address = '0x0000000000000000000000000000000000057a47'
let street: Street
let places: readonly { readonly abi: Abi; readonly address: Address }[]

beforeAll(async () => {
  street = await openStreet(1)
  await street.become(stranger)
  const { contracts, shops } = street
  places = [
    { abi: consortiumAbi, address: contracts.consortium },
    { abi: scoreLogAbi, address: contracts.scoreLog },
    { abi: pointsFactoryAbi, address: contracts.factory },
    { abi: issuanceAbi, address: contracts.issuance },
    { abi: redemptionsAbi, address: contracts.redemptions },
    { abi: clearingHouseAbi, address: contracts.clearingHouse },
    { abi: standingAbi, address: contracts.standing },
    { abi: membershipAbi, address: contracts.membership },
    { abi: memberAccountsAbi, address: contracts.accounts },
    { abi: rewardsAbi, address: contracts.rewards },
    ...shops.map((shop) => ({ abi: shopPointsAbi, address: shop.token })),
  ]
})

/** Nothing of the kind the parameter wants: a restricted act asks who calls before it looks at anything. */
function nothing(parameter: AbiParameter): unknown {
  const { type } = parameter
  if (type.endsWith('[]')) return []
  if (type === 'tuple' && 'components' in parameter) {
    return Object.fromEntries(parameter.components.map((part) => [part.name, nothing(part)]))
  }
  if (type === 'address') return zeroAddress
  if (type === 'bool') return false
  if (type === 'bytes') return '0x'
  if (type === 'bytes32') return zeroHash
  if (type === 'string') return ''
  return Number(type.replace(/\D/g, '')) > 48 ? 0n : 0
}

const writing = (abi: Abi): AbiFunction[] =>
  abi.filter((item): item is AbiFunction => {
    // Whoever is the authority may name the next one; that is asked of nobody else.
    return item.type === 'function' && item.stateMutability === 'nonpayable' && item.name !== 'setAuthority'
  })

/** `contract selector` of every act that refuses this caller for want of an office. */
async function refusedTo(caller: Address): Promise<string[]> {
  const refused: string[] = []
  for (const { abi, address } of places) {
    for (const item of writing(abi)) {
      const snapshot = await street.request<string>('evm_snapshot', [])
      const { error } = await street.call(caller, address, [item], item.name, item.inputs.map(nothing))
      await street.request('evm_revert', [snapshot])
      if (error === 'AccessManagedUnauthorized') refused.push(`${address} ${toFunctionSelector(item)}`)
    }
  }
  return refused.sort()
}

const listed = (wanted: (office: bigint) => boolean): string[] =>
  dutiesAt(street.contracts)
    .filter(({ office }) => wanted(office))
    .flatMap(({ target, selectors }) => selectors.map((selector) => `${target} ${selector}`))
    .sort()

describe('the offices', () => {
  test('restricted is exactly what the list gives to an office', async () => {
    expect(await refusedTo(stranger)).toEqual(listed(() => true))
  })

  test('the board does all but what is the guardian’s, and the guardian nothing else', async () => {
    expect(await refusedTo(board)).toEqual(listed((office) => office === offices.guardian))
    expect(await refusedTo(guardian)).toEqual(listed((office) => office === offices.board))
  })

  test('the authority knows of no other act that belongs to an office', async () => {
    for (const { abi, address } of places) {
      for (const item of writing(abi)) {
        const selector = toFunctionSelector(item)
        const office = await street.read(street.contracts.authority, authorityAbi, 'getTargetFunctionRole', [
          address,
          selector,
        ])
        const known = dutiesAt(street.contracts).find(
          (duty) => duty.target === address && duty.selectors.includes(selector),
        )
        expect(office, `${item.name}`).toBe(known?.office ?? offices.administrator)
      }
    }
  })
})
