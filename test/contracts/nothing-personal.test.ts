// Nothing personal on the chain (N-21): no event and no storage has room for text or for a number that names somebody,
// but for the places named here, each with what it holds instead.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'
import type { Abi, AbiParameter } from 'viem'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as generated from '#contracts/generated.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where an event carries bytes or a list, and what they are. */
const inEvents: Readonly<Record<string, string>> = {
  'Issued.entries': 'purchases of 36 bytes: account, points, spend, time of sale',
  'Redeemed.lines': 'pairs of token and points',
  'Redeemed.lanes': 'numbers: points by the quarter they were issued in',
  'QuarterNoticed.content': 'the hash of what all members were told',
  'AuthorizationUsed.nonce': 'a number of ERC-3009 that its signer draws by chance',
  'AuthorizationCanceled.nonce': 'a number of ERC-3009 that its signer draws by chance',
  'AccessManagerIgnoredSet.selector': 'which function of a contract',
  'AccountDeployed.x': 'half of the public key of the passkey the account is made of',
  'AccountDeployed.y': 'the other half',
  'ERC7579TryExecuteFail.returndata':
    "OpenZeppelin's executor has it; an account never goes on after a call that failed",
  'GuardianChosen.by': 'the hash of a public key',
  'GuardianKept.by': 'the hash of a public key',
  'KeyAdded.by': 'the hash of a public key',
  'KeyAdded.key': 'the hash of a public key',
  'KeyAdded.x': 'half of the public key of a passkey',
  'KeyAdded.y': 'the other half',
  'KeyRemoved.by': 'the hash of a public key',
  'KeyRemoved.key': 'the hash of a public key',
  'Recovered.key': 'the hash of a public key',
  'Recovered.x': 'half of the public key of a passkey',
  'Recovered.y': 'the other half',
  'RecoveryStarted.x': 'half of the public key of a passkey',
  'RecoveryStarted.y': 'the other half',
  'RecoveryVetoed.by': 'the hash of a public key',
  'FoundersActed.data': "the call of an act of the board's office",
  'FoundersActed.selector': 'which function of a contract',
  'Offered.content': 'the hash of what members are shown of a reward',
  'OperationCanceled.operationId': 'the hash of an act of the board',
  'OperationExecuted.operationId': 'the hash of an act of the board',
  'OperationScheduled.data': 'the call of an act of the board',
  'OperationScheduled.operationId': 'the hash of an act of the board',
  'ProposalCreated.calldatas': 'the calls of an act of the board',
  'ProposalCreated.description': 'a hash in hexadecimal digits; the board refuses everything else',
  'ProposalCreated.signatures': "OpenZeppelin's Governor leaves it empty",
  'ProposalCreated.targets': 'the contracts an act of the board calls',
  'ProposalCreated.values': 'money of the chain an act of the board sends',
  'PurchaseRefused.reason': "an error's selector and facts, or the first 256 bytes a buyer's own contract said",
  'Refunded.points': 'numbers: points by line',
  'RoleLabel.label': "OpenZeppelin's AccessManager has it: the name of an office",
  'RunCommitted.blockHash': 'the hash of a block',
  'RunCommitted.inputsHash': 'the hash of what was scored',
  'RunCommitted.model': "the hash of the model's version",
  'RunCommitted.root': 'the root of a Merkle tree',
  'TargetFunctionRoleUpdated.selector': 'which function of a contract',
  'TransferBatch.ids': 'numbers of rewards, tiers and badges',
  'TransferBatch.values': 'how many of each',
  'URI.value': "OpenZeppelin's ERC-1155 has it; nothing here emits it",
  'UseRefused.reason': 'the selector and facts of an error',
  'VoteCast.reason': "OpenZeppelin's Governor has it; the board refuses all but an empty one",
  'VoteCastWithParams.params': "OpenZeppelin's Governor has it; the board refuses all but an empty one",
  'VoteCastWithParams.reason': "OpenZeppelin's Governor has it; the board refuses all but an empty one",
  'VouchersBought.lanes': 'numbers: points by the quarter they were issued in',
  'VouchersBought.lines': 'pairs of token and points',
}

/** Where storage holds bytes or text, and what they are. */
const inStorage: Readonly<Record<string, string>> = {
  'ShopPoints._name': "made from the shop's number",
  'ShopPoints._symbol': "made from the shop's number",
  'ShopPoints._usedNonces': 'a number of ERC-3009 that its signer draws by chance',
  'ShopPoints._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'ShopPoints._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Issuance._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'Issuance._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Redemptions._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'Redemptions._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Authority._executionId': 'the hash of the act that is being done',
  'Authority._schedules': 'acts by their hash, and when they may be done',
  'Authority._targets': 'offices by contract and function',
  'GasSponsor._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'GasSponsor._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'MemberAccount._added': 'keys of an account by the hash of the public key',
  'MemberAccount._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'MemberAccount._recovery': 'the public key of the passkey that a guardian named',
  'MemberAccount._versionFallback':
    "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Board._governanceCall': "OpenZeppelin's queue of hashes of calls",
  'Board._ignoreToggle': 'functions of contracts',
  'Board._name': "the board's own name",
  'Rewards._uri': 'empty: a reward tells its metadata by its number',
  'ScoreLog._runs': 'hashes and the root of each run of scores',
  'Board._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'Board._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Consortium._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'Consortium._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Membership._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'Membership._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Rewards._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'Rewards._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'VoucherDesk._nameFallback': "OpenZeppelin's place for a domain's name of 32 bytes and more; ours are shorter",
  'VoucherDesk._versionFallback': "OpenZeppelin's place for a domain's version of 32 bytes and more; ours are shorter",
  'Issuance.recordHash': 'the hash of a record',
  'Redemptions.recordHash': 'the hash of a record',
}

const network = [
  ...['Consortium', 'PointsFactory', 'ShopPoints', 'Issuance', 'Redemptions', 'ClearingHouse'],
  ...['Standing', 'ScoreLog', 'Membership', 'Rewards', 'VoucherDesk', 'MutualFund'],
  ...['Authority', 'Board', 'Founders', 'Courier', 'accounts/MemberAccounts', 'accounts/MemberAccount'],
  'accounts/GasSponsor',
]

/** Text, bytes of any length and lists have room for what nobody should write there. */
const hasRoom = (type: string): boolean => /string|bytes|\[/.test(type)

function placesInEvents(): string[] {
  const places = new Set<string>()
  const abis = Object.entries(generated).flatMap(([name, value]) => (name.endsWith('Abi') ? [value as Abi] : []))
  expect(abis.length).toBeGreaterThan(15)
  for (const item of abis.flat()) {
    if (item.type !== 'event') continue
    const inputs: readonly AbiParameter[] = item.inputs
    for (const { name, type } of inputs) if (hasRoom(type)) places.add(`${item.name}.${name ?? '?'}`)
  }
  return [...places].sort()
}

const variable = z.object({ label: z.string(), type: z.string() })
const storageType = z.object({
  label: z.string(),
  encoding: z.string(),
  key: z.string().optional(),
  value: z.string().optional(),
  base: z.string().optional(),
  members: z.array(variable).optional(),
})
const layout = z.object({ storage: z.array(variable), types: z.record(z.string(), storageType).nullable() })
const compiled = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z.record(z.string(), z.record(z.string(), z.object({ storageLayout: layout }))),
})
type Layout = z.infer<typeof layout>

/** Where every contract keeps what, by the compiler that the network is built with. */
function layouts(): Record<string, Layout> {
  const files = globSync('contracts/**/*.sol', { cwd: root })
  const sources = Object.fromEntries(
    files.map((file) => [file, { content: readFileSync(path.join(root, file), 'utf8') }]),
  )
  const settings = { evmVersion: 'osaka', outputSelection: { '*': { '*': ['storageLayout'] } } }
  const find = (file: string): { contents: string } | { error: string } => {
    const place = [path.join(root, file), path.join(root, 'node_modules', file)].find((one) => existsSync(one))
    return place === undefined ? { error: 'not found' } : { contents: readFileSync(place, 'utf8') }
  }
  const answer = solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }), { import: find })
  const output = compiled.parse(JSON.parse(answer))
  expect(output.errors?.filter(({ severity }) => severity === 'error') ?? []).toEqual([])
  return Object.fromEntries(
    network.map((place) => {
      const name = path.basename(place)
      return [name, output.contracts[`contracts/${place}.sol`]?.[name]?.storageLayout]
    }),
  ) as Record<string, Layout>
}

/** Whether a type, or anything within it, has room for text. */
function keepsRoom(types: Layout['types'], type: string, seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(type)) return false
  const found = types?.[type]
  if (found === undefined) throw new Error(`the compiler says nothing of ${type}`)
  const inside = [found.key, found.value, found.base, ...(found.members ?? []).map((member) => member.type)]
  if (inside.every((one) => one === undefined)) return hasRoom(found.label)
  const deeper = new Set([...seen, type])
  return inside.some((one) => one !== undefined && keepsRoom(types, one, deeper))
}

function placesInStorage(): string[] {
  return Object.entries(layouts())
    .flatMap(([contract, { storage, types }]) =>
      storage.filter(({ type }) => keepsRoom(types, type)).map(({ label }) => `${contract}.${label}`),
    )
    .sort()
}

describe('nothing personal is on the chain (N-21)', () => {
  test('no event has room for text or an identifier but where it is known what stands there', () => {
    expect(placesInEvents()).toEqual(Object.keys(inEvents).sort())
  })

  test('no storage has either', () => {
    expect(placesInStorage()).toEqual(Object.keys(inStorage).sort())
  })

  test('and what has room is recognised', () => {
    const types = {
      t_mapping: { label: 'mapping(uint32 => struct Card)', encoding: 'mapping', key: 't_uint32', value: 't_struct' },
      t_struct: { label: 'struct Card', encoding: 'inplace', members: [{ label: 'holder', type: 't_string' }] },
      t_uint32: { label: 'uint32', encoding: 'inplace' },
      t_string: { label: 'string', encoding: 'bytes' },
    }
    expect(keepsRoom(types, 't_mapping')).toBe(true)
    expect(keepsRoom(types, 't_uint32')).toBe(false)
  })
})
