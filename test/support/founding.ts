import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Abi, encodeDeployData, encodeFunctionData, getContractAddress, type Hex, sha256, stringToHex } from 'viem'
import { authorityAbi, clearingHouseAbi, consortiumAbi, streetMoneyAbi } from '#contracts/generated.ts'
import { dutiesAt, offices } from '#contracts/offices.ts'
import type { TestTransaction } from './chain.ts'
import { testConfig } from './config.ts'

/** What founds a network and opens its shops, as transactions: whoever has a chain sends them in this order. */

export const par = 100n
export const deployer: Hex = '0x00000000000000000000000000000000000de901'
/** Holds the board's office here, as a plain account without a delay. */
export const board: Hex = '0x00000000000000000000000000000000000b0a4d'
export const guardian: Hex = '0x000000000000000000000000000000000006a2d1'

/** Where each contract of a test's network stands. */
export type TestContracts = ReturnType<typeof foretold>

/** Where the contracts will stand that the deployer creates from this nonce on. */
function foretold(nonce: bigint) {
  const at = (place: bigint) => getContractAddress({ from: deployer, nonce: nonce + place })
  const standing = at(7n)
  return {
    authority: at(0n),
    money: at(1n),
    consortium: at(2n),
    factory: at(3n),
    issuance: at(4n),
    redemptions: at(5n),
    clearingHouse: at(6n),
    standing,
    membership: at(8n),
    accounts: at(9n),
    rewards: at(10n),
    courier: at(11n),
    // A standing brings its log along, as the first thing it creates.
    scoreLog: getContractAddress({ from: standing, nonce: 1n }),
  }
}

/** Creates the contracts in the order that fixes their addresses beforehand, and hands the offices out. */
export function founding(from: { readonly nonce: bigint; readonly quarterLength: number }) {
  const contracts = foretold(from.nonce)
  const { authority, consortium } = contracts
  const terms = { par, quarterLength: from.quarterLength, authority, requiredRatioBps: 3_000, pointsLapse: true }
  const creations = [
    creation('Authority', [deployer]),
    creation('StreetMoney', []),
    creation('Consortium', [contracts, terms]),
    ...['PointsFactory', 'Issuance', 'Redemptions', 'ClearingHouse', 'Standing', 'Membership'].map((name) =>
      creation(name, [consortium]),
    ),
    creation('accounts/MemberAccounts', [consortium, sha256(stringToHex('localhost'))]),
    creation('Rewards', [consortium]),
    creation('Courier', []),
  ].map((data): TestTransaction => ({ from: deployer, data }))
  const grants = [
    ...dutiesAt(contracts).map(({ target, selectors, office }) => {
      return act(deployer, authority, authorityAbi, 'setTargetFunctionRole', [target, selectors, office])
    }),
    act(deployer, authority, authorityAbi, 'grantRole', [offices.board, board, 0]),
    act(deployer, authority, authorityAbi, 'grantRole', [offices.guardian, guardian, 0]),
  ]
  return { contracts, creations, grants }
}

/** The creation code of one of the contracts with its arguments. */
export function creation(place: string, args: readonly unknown[]): Hex {
  const file = join(testConfig.root, 'artifacts', 'contracts', `${place}.sol`, `${basename(place)}.json`)
  const { abi, bytecode } = JSON.parse(readFileSync(file, 'utf8')) as { abi: Abi; bytecode: Hex }
  return encodeDeployData({ abi, bytecode, args })
}

/** An owner applies; then the shop is admitted with one till, and pays into its reserve from the money it is given. */
export function opening(
  { consortium, money, clearingHouse }: TestContracts,
  one: {
    readonly shop: number
    readonly owner: Hex
    readonly till: Hex
    readonly given: bigint
    readonly reserve: bigint
  },
): { readonly applies: TestTransaction; readonly opens: readonly TestTransaction[] } {
  const { shop, owner, till, given, reserve } = one
  return {
    applies: act(owner, consortium, consortiumAbi, 'applyToJoin', []),
    opens: [
      act(board, consortium, consortiumAbi, 'admit', [shop, false]),
      act(owner, consortium, consortiumAbi, 'addTill', [shop, till]),
      act(deployer, money, streetMoneyAbi, 'mint', [owner, given]),
      act(owner, money, streetMoneyAbi, 'approve', [clearingHouse, given]),
      act(owner, clearingHouse, clearingHouseAbi, 'deposit', [shop, reserve]),
    ],
  }
}

function act(from: Hex, to: Hex, abi: Abi, functionName: string, args: readonly unknown[]): TestTransaction {
  return { from, to, data: encodeFunctionData({ abi, functionName, args }) }
}
