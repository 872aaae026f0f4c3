import fc from 'fast-check'
import {
  type AbiEvent,
  type AbiParameter,
  decodeEventLog,
  encodeAbiParameters,
  type Hex,
  pad,
  toEventSelector,
} from 'viem'
import { describe, expect, test } from 'vitest'
import {
  clearingHouseAbi,
  consortiumAbi,
  issuanceAbi,
  memberAccountAbi,
  memberAccountsAbi,
  redemptionsAbi,
  shopPointsAbi,
} from '#contracts/generated.ts'
import { packEntries } from '#contracts/terms.ts'
import { issuedEntries } from '#indexer/chain/entries.ts'
import { type RawLog, readLog } from '#indexer/chain/logs.ts'

const contracts = {
  consortium: consortiumAbi,
  points: shopPointsAbi,
  issuance: issuanceAbi,
  redemptions: redemptionsAbi,
  clearingHouse: clearingHouseAbi,
  accounts: memberAccountsAbi,
  account: memberAccountAbi,
} as const

const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex)
const toHex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`

/** Any value of a Solidity type. */
function anyValue(parameter: AbiParameter): fc.Arbitrary<unknown> {
  const { type } = parameter
  if (type.endsWith('[]')) return fc.array(anyValue({ ...parameter, type: type.slice(0, -2) }), { maxLength: 4 })
  if (type === 'tuple') {
    const fields = (parameter as { components: readonly AbiParameter[] }).components
    return fc.record(Object.fromEntries(fields.map((field) => [field.name ?? '', anyValue(field)])))
  }
  if (type === 'address') return hex(20)
  if (type === 'bool') return fc.boolean()
  if (type === 'bytes') return fc.uint8Array({ maxLength: 300 }).map(toHex)
  if (type === 'bytes32') return hex(32)
  const [, unsigned, width] = /^(u?)int(\d+)$/.exec(type) ?? []
  const bits = BigInt(width ?? 0)
  const whole =
    unsigned === 'u' ? fc.bigInt(0n, 2n ** bits - 1n) : fc.bigInt(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n)
  return bits <= 48n ? whole.map(Number) : whole
}

function lowerCase(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase()
  if (Array.isArray(value)) return value.map(lowerCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, lowerCase(inner)]))
}

for (const [kind, abi] of Object.entries(contracts)) {
  describe(`what ${kind} says`, () => {
    const events = abi.filter((item) => item.type === 'event') as readonly AbiEvent[]
    test.each(events.map((event) => [event.name, event] as const))('%s is read as viem reads it', (_, event) => {
      const values = fc.tuple(...event.inputs.map(anyValue))
      fc.assert(
        fc.property(values, (given) => {
          const encoded = event.inputs.map((input, index) => encodeAbiParameters([input], [given[index]]))
          const topics = event.inputs.flatMap((input, index) =>
            input.indexed === true ? [encoded[index] ?? '0x'] : [],
          )
          const plain = event.inputs.filter((input) => input.indexed !== true)
          const data = encodeAbiParameters(
            plain,
            given.filter((_value, index) => event.inputs[index]?.indexed !== true),
          )
          const log: RawLog = {
            address: pad('0xAb', { size: 20 }),
            topics: [toEventSelector(event), ...topics],
            data,
            blockNumber: '0x10',
            blockHash: pad('0x1'),
            transactionHash: pad('0x2'),
            logIndex: '0x3',
          }
          const viem = decodeEventLog({ abi: [event], data, topics: log.topics as [Hex, ...Hex[]] })
          const ours = readLog(kind as keyof typeof contracts, log)
          expect(ours.name).toBe(event.name)
          expect(ours.args).toEqual(lowerCase(viem.args ?? {}))
          expect(ours).toMatchObject({ blockNumber: 16, logIndex: 3, address: pad('0xab', { size: 20 }) })
        }),
        { numRuns: 30 },
      )
    })
  })
}

test('a log that the contracts cannot have sent is not passed over in silence', () => {
  const log = { address: pad('0x1', { size: 20 }), topics: [pad('0x5')], data: '0x' } as const
  const place = { blockNumber: '0x1', blockHash: pad('0x1'), transactionHash: pad('0x2'), logIndex: '0x0' } as const
  expect(() => readLog('points', { ...log, ...place })).toThrow('said something unknown')
})

test('the entries of a chunk come back as the till packed them, where their bit is set', () => {
  const entry = fc.record({
    member: hex(20),
    points: fc.bigInt(0n, 2n ** 48n - 1n),
    spend: fc.bigInt(0n, 2n ** 48n - 1n),
    soldAt: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 100 }), fc.bigInt(0n, 2n ** 100n - 1n), (entries, any) => {
      const bits = any & (2n ** BigInt(entries.length) - 1n)
      const expected = entries.flatMap((one, index) =>
        ((bits >> BigInt(index)) & 1n) === 1n ? [{ index, ...one }] : [],
      )
      expect(issuedEntries(packEntries(entries), bits)).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})

test('a chunk that marks an entry it does not have is a lie', () => {
  expect(() => issuedEntries(`0x${'00'.repeat(36)}`, 2n)).toThrow('does not have')
})
