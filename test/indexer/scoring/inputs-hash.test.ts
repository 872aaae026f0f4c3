import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { InputsHash } from '#indexer/scoring/inputs-hash.ts'

const member = (digit: string) => `0x${digit.repeat(40)}`
const rows = [
  { shop: 1, member: member('a'), day: 20_000, spend: 450n },
  { shop: 1, member: member('a'), day: 20_001, spend: 1n },
  { shop: 1, member: member('b'), day: -1, spend: 0n },
  { shop: 7, member: member('0'), day: 20_000, spend: 281_474_976_710_655n },
]

test('the hash of a run’s inputs is the SHA-256 of the published bytes', () => {
  const hash = new InputsHash('model/1', 20_100)
  hash.add(rows)
  const bytes = [
    `${Buffer.from('model/1\n20100\n').toString('hex')}`,
    `00000001${'a'.repeat(40)}00004e2000000000000001c2`,
    `00000001${'a'.repeat(40)}00004e210000000000000001`,
    `00000001${'b'.repeat(40)}ffffffff0000000000000000`,
    `00000007${'0'.repeat(40)}00004e200000ffffffffffff`,
  ].join('')
  expect(hash.digest().toString('hex')).toBe(createHash('sha256').update(Buffer.from(bytes, 'hex')).digest('hex'))
})

test('it does not matter in how many pieces the rows come', () => {
  const whole = new InputsHash('model/1', 5)
  whole.add(rows)
  const pieces = new InputsHash('model/1', 5)
  for (const row of rows) pieces.add([row])
  expect(pieces.digest()).toEqual(whole.digest())
})

test('rows out of their order are refused: the same inputs must give the same hash', () => {
  const hash = new InputsHash('model/1', 5)
  expect(() => hash.add([...rows].reverse())).toThrow('not in their order')
})
