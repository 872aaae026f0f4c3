import fc from 'fast-check'
import { concat, keccak256, numberToHex, toHex, toRlp } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HeaderAnswer, headerHash, readHeader } from '#indexer/chain/header.ts'
import { RlpWriter } from '#indexer/chain/rlp.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { knownHeaders } from './known-blocks.ts'

describe('a header’s hash is worked out from its fields', () => {
  test.each(knownHeaders.map((header) => [Number(header['number']), header] as const))('of block %i', (_, header) => {
    expect(headerHash(header)).toBe(header['hash'])
    expect(readHeader(header)).toMatchObject({ hash: header['hash'], number: Number(header['number']) })
  })

  test('with fields of forks to come, under either name', () => {
    const last = knownHeaders.at(-1) ?? {}
    const hash = `0x${'ab'.repeat(32)}`
    const coming = headerHash({ ...last, blockAccessListHash: hash, slotNumber: '0x10' })
    expect(headerHash({ ...last, balHash: hash, slotNumber: '0x10' })).toBe(coming)
    expect(coming).not.toBe(last['hash'])
  })

  test('and no field can be another', () => {
    const plain = new Set(['hash', 'transactions'])
    for (const header of knownHeaders) {
      for (const [name, value] of Object.entries(header)) {
        if (plain.has(name)) continue
        const text = String(value)
        const other = `${text.slice(0, -1)}${text.endsWith('1') ? '2' : '1'}`
        expect(readHeader({ ...header, [name]: other }), name).toMatchObject({ forged: expect.any(String) })
      }
    }
  })

  test('and a header that is no header is forged, not a crash', () => {
    const [header = {}] = knownHeaders
    const wrong: HeaderAnswer[] = [
      {},
      { ...header, parentHash: 7 },
      { ...header, stateRoot: '0xno' },
      { ...header, logsBloom: null },
      { ...header, transactions: undefined },
    ]
    for (const answer of wrong) expect(readHeader(answer)).toMatchObject({ forged: expect.any(String) })
    expect(readHeader(null)).toBeUndefined()
  })
})

describe('every block of a chain of our own', () => {
  let chain: TestChain
  beforeAll(async () => {
    chain = await testChain()
  })
  afterAll(() => chain?.stop())

  test('has the hash that its header gives, after a fork too', async () => {
    await chain.mineEmpty(4)
    await chain.ask('anvil_reorg', [2, []])
    for (let number = 0; number <= 4; number += 1) {
      const answer = await chain.ask('eth_getBlockByNumber', [toHex(number), false])
      expect(readHeader(answer), `block ${number}`).not.toHaveProperty('forged')
    }
  })
})

type Nested = Uint8Array | readonly Nested[]

/** Written as the room writes it: from the end to the beginning. */
function write(writer: RlpWriter, item: Nested): void {
  if (item instanceof Uint8Array) {
    writer.string(toHex(item))
    return
  }
  const since = writer.mark
  for (const inner of item.toReversed()) write(writer, inner)
  writer.wrapList(since)
}

describe('RLP', () => {
  const nested = fc.letrec<{ item: Nested }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 4 },
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc.array(tie('item'), { maxLength: 6 }),
    ),
  })).item

  test('is written as viem writes it', () => {
    const writer = new RlpWriter()
    fc.assert(
      fc.property(nested, (item) => {
        writer.clear()
        write(writer, item)
        expect(toHex(writer.written())).toBe(toRlp(item as Parameters<typeof toRlp>[0], 'hex'))
      }),
    )
  })

  test('larger than the room it began with is whole', () => {
    const writer = new RlpWriter()
    const large = new Uint8Array(70_000).fill(7)
    write(writer, [large, large])
    expect(keccak256(writer.written())).toBe(keccak256(toRlp([large, large])))
  })

  test('has no leading zeros in its numbers', () => {
    const writer = new RlpWriter()
    for (const number of [0n, 1n, 127n, 128n, 255n, 256n, 2n ** 64n, 2n ** 256n - 1n]) {
      writer.clear()
      writer.quantity(concat(['0x', `0x00${numberToHex(number).slice(2).padStart(66, '0')}`]))
      expect(toHex(writer.written())).toBe(toRlp(number === 0n ? '0x' : even(numberToHex(number))))
    }
  })
})

const even = (hex: `0x${string}`): `0x${string}` => (hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`)
