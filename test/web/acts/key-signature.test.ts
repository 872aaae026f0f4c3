import { secp256k1 } from '@noble/curves/secp256k1'
import fc from 'fast-check'
import { hexToBigInt, keccak256, numberToHex, recoverAddress, toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { keySigned } from '#web/acts/key-signature.ts'
import { sumOf, tableOf } from '#web/acts/point-tables.ts'
import type { Hex } from '#web/acts/wire.ts'

/** A key that was seen before is checked by tables of it: what is taken must stay what recovering takes. */

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const words = (r: bigint, s: bigint, v: string): Hex =>
  `0x${numberToHex(r, { size: 32 }).slice(2)}${numberToHex(s, { size: 32 }).slice(2)}${v}`

function person() {
  const account = privateKeyToAccount(generatePrivateKey())
  const address = account.address.toLowerCase() as Hex
  return { account, address }
}

describe('a key’s signature', () => {
  test('is known the first time, by the tables after that, and only over what it signed', async () => {
    const { account, address } = person()
    const other = person()
    for (let time = 0; time < 12; time += 1) {
      const digest = keccak256(toHex(`sale ${time}`))
      const signature = await account.sign({ hash: digest })
      expect(keySigned(address, digest, signature)).toBe(true)
      expect(await recoverAddress({ hash: digest, signature })).toBe(account.address)
      expect(keySigned(address, keccak256(toHex('another')), signature)).toBe(false)
      expect(keySigned(other.address, digest, signature)).toBe(false)
      expect(keySigned(address, digest, await other.account.sign({ hash: digest }))).toBe(false)
    }
  })

  test('in any other form is refused, before and after the key is known', async () => {
    const { account, address } = person()
    const digest = keccak256(toHex('sale'))
    const signature = await account.sign({ hash: digest })
    const [r, s] = [hexToBigInt(`0x${signature.slice(2, 66)}`), hexToBigInt(`0x${signature.slice(66, 130)}`)]
    const v = signature.slice(130)
    const flipped = v === '1b' ? '1c' : '1b'
    const wrong: Hex[] = [
      words(r, s, flipped),
      words(r, order - s, flipped),
      words(r, order - s, v),
      words(r, s, v === '1b' ? '00' : '01'),
      words(0n, s, v),
      words(r, 0n, v),
      words(order, s, v),
      words(r, order, v),
      words(r + 1n, s, v),
      words(r, s + 1n, v),
      `${words(r, s, v)}00`,
      `0x${signature.slice(4)}`,
      '0x',
    ]
    for (const form of wrong) expect(keySigned(address, digest, form)).toBe(false)
    expect(keySigned(address, digest, signature)).toBe(true)
    for (const form of wrong) expect(keySigned(address, digest, form)).toBe(false)
    expect(keySigned(address, digest, signature)).toBe(true)
  })

  test('of very many keys is still told apart: what is forgotten is found anew', async () => {
    const few = Array.from({ length: 3 }, person)
    const digest = keccak256(toHex('sale'))
    for (let round = 0; round < 2; round += 1) {
      for (const { account, address } of few) {
        expect(keySigned(address, digest, await account.sign({ hash: digest }))).toBe(true)
      }
    }
  })
})

describe('sums by tables', () => {
  const { ProjectivePoint: Points, CURVE } = secp256k1
  const [base, other] = [Points.BASE, Points.BASE.multiply(0xabcdefn)]
  const tables = [tableOf(base, 8), tableOf(other, 6)] as const

  test('are noble’s, for scalars of every shape', () => {
    const edges = [1n, 2n, 31n, 32n, 33n, 127n, 128n, 129n, 2n ** 128n - 1n, 2n ** 255n, CURVE.n - 1n, CURVE.n - 2n]
    const scalar = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 1n, max: CURVE.n - 1n }))
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const sum = base.multiply(a).add(other.multiply(b))
        fc.pre(!sum.equals(Points.ZERO))
        const ours = sumOf([
          [tables[0], a],
          [tables[1], b],
        ])
        // A meeting of two points is left to noble itself.
        if (ours !== null) expect(ours).toEqual(sum.toAffine())
      }),
      { numRuns: 60 },
    )
  })

  test('that are no point, or meet on the way, are said to be none', () => {
    const same = tableOf(base, 8)
    expect(
      sumOf([
        [tables[0], 5n],
        [same, CURVE.n - 5n],
      ]),
    ).toBeNull()
    expect(
      sumOf([
        [tables[0], 5n],
        [same, 5n],
      ]),
    ).toBeNull()
    expect(sumOf([])).toBeNull()
  })
})
