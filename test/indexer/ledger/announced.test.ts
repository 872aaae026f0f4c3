import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { Announced } from '#indexer/ledger/announced.ts'

const token: Hex = `0x${'aa'.repeat(20)}`
const member: Hex = `0x${'bb'.repeat(20)}`
const one: Hex = `0x${'01'.repeat(32)}`
const two: Hex = `0x${'02'.repeat(32)}`
const back = (transaction: Hex, points: bigint) => ({ transaction, token, account: member, points, packed: points })

test('what a token has said must be completed by that token before anything else is said', () => {
  const announced = new Announced()
  announced.say({ token, account: member, what: 'lapsed', points: 5n })
  expect(() => announced.mustBeEmpty()).toThrow('lapsed without moving')
  expect(() => announced.say({ token, account: member, what: 'debtPaid', points: 1n })).toThrow('without moving')
  expect(() => announced.completedBy(`0x${'cc'.repeat(20)}`)).toThrow('without moving')
  expect(announced.completedBy(token)).toMatchObject({ what: 'lapsed', points: 5n })
  expect(announced.completedBy(token)).toBeUndefined()
  announced.mustBeEmpty()
})

test('a refund claims the last points that came back in its transaction, in their order', () => {
  const announced = new Announced()
  for (const points of [9n, 3n, 4n]) announced.cameBack(back(one, points))
  expect(announced.claim(one, member, [3n, 4n]).map(({ points }) => points)).toEqual([3n, 4n])
})

test.each([
  { why: 'another amount', transaction: one, amounts: [5n] },
  { why: 'more lines than came back', transaction: one, amounts: [4n, 4n] },
  { why: 'points of another transaction', transaction: two, amounts: [4n] },
  { why: 'nothing at all', transaction: one, amounts: [] },
])('a refund that names $why stops the mirror', ({ transaction, amounts }) => {
  const announced = new Announced()
  announced.cameBack(back(one, 4n))
  expect(() => announced.claim(transaction, member, amounts)).toThrow('names other points than came back')
})
