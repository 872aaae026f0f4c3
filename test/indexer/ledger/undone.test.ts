import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { MirroredLife } from '#test/support/mirrored-life.ts'
import { quarterSeconds, read, sendPoints } from '#test/support/network.ts'
import { chunksOf, paymentsOf, refund, reverse } from '#test/support/undoing.ts'

/** Purchases and payments undone, held against the chain block by block. */

let life: MirroredLife

beforeAll(async () => {
  life = await MirroredLife.open({ shops: 2, members: 3 })
})
afterAll(() => life?.close())

const ofMember = (member: PrivateKeyAccount) => `member = '\\x${member.address.slice(2)}'`

test('a purchase undone takes points back, and what is spent becomes a debt that the next points pay off', async () => {
  const [bakery, anna, bert] = [life.shop(1), life.member(1), life.member(2)]
  await life.live('bought', life.buys(bakery, anna, 10_000n), life.buys(bakery, bert, 500n))
  const [chunk] = await chunksOf(life.network, bakery)
  if (chunk === undefined) throw new Error('nothing was bought')
  await life.live('a part undone', reverse(life.network, bakery, chunk, { points: 4_000, taken: 4_000 }))
  await life.live('given away', sendPoints(anna, bert.address, bakery, 5_000n))
  await life.live(
    'the rest',
    reverse(life.network, bakery, chunk, { before: 4_000, points: 6_000, taken: 1_000, debt: 3_000 }),
  )
  await life.live('all for the debt', life.buys(bakery, anna, 1_000n))
  await life.live('some for the debt', life.buys(bakery, anna, 2_500n))

  const moves = await life.question(`SELECT kind, points FROM ledger.movement WHERE ${ofMember(anna)}
    ORDER BY block_number, log_index`)
  expect(moves).toEqual([
    { kind: 'issued', points: '10000' },
    { kind: 'takenBack', points: '-4000' },
    { kind: 'sent', points: '-5000' },
    { kind: 'takenBack', points: '-1000' },
    { kind: 'debtPaid', points: '-1000' },
    { kind: 'issued', points: '1000' },
    { kind: 'debtPaid', points: '-2000' },
    { kind: 'issued', points: '2500' },
  ])
  expect(
    await life.question('SELECT shop, till, sequence, points, taken, debt FROM ledger.reversal ORDER BY points'),
  ).toEqual([
    { shop: 1, till: 1, sequence: '1', points: '4000', taken: '4000', debt: '0' },
    { shop: 1, till: 1, sequence: '1', points: '6000', taken: '1000', debt: '3000' },
  ])
})

test('a purchase is taken back out of its own quarter, then out of younger ones, then out of older ones', async () => {
  const [bakery, cleo] = [life.shop(1), life.member(3)]
  await life.live('first quarter', life.buys(bakery, cleo, 700n), life.notice(bakery))
  await life.later(quarterSeconds)
  await life.live('second quarter', life.buys(bakery, cleo, 300n))
  const undone = (await chunksOf(life.network, bakery)).at(-1)
  await life.live('noticed again', life.notice(bakery))
  // Within the 30 days in which a purchase can be undone the third quarter begins.
  await life.later(quarterSeconds - 10)
  await life.live('still the second', life.buys(bakery, cleo, 200n))
  const late = (await chunksOf(life.network, bakery)).at(-1)
  await life.later(20)
  await life.live('third quarter', life.buys(bakery, cleo, 50n))
  if (undone === undefined || late === undefined) throw new Error('nothing was bought')
  expect(late.chunk.quarter).toBe(1)
  await life.live('paid', life.pays(bakery, cleo, [{ issuer: bakery, points: 1_150n }]), life.buys(bakery, cleo, 400n))
  await life.live('undone', reverse(life.network, bakery, late, { points: 200, taken: 150 }))
})

test('a payment undone a quarter later comes back aged, and what lapsed meanwhile in the oldest lane', async () => {
  const [bakery, salon, bert] = [life.shop(1), life.shop(2), life.member(2)]
  await life.live('bought', life.buys(bakery, bert, 2_000n), life.buys(salon, bert, 3_000n))
  for (let quarter = 0; quarter < 4; quarter += 1) {
    await life.live('noticed', life.notice(bakery))
    await life.later(quarterSeconds + 1)
  }
  await life.live('bought again', life.buys(bakery, bert, 900n), life.notice(bakery))
  await life.later(quarterSeconds - 600)
  await life.live(
    'paid',
    life.pays(salon, bert, [
      { issuer: bakery, points: 2_600n },
      { issuer: salon, points: 1_000n },
    ]),
  )
  await life.later(1_200)
  const [payment] = await paymentsOf(life.network, salon)
  if (payment === undefined) throw new Error('nothing was paid')
  const old = payment.lines.map((line) => (line.token.toLowerCase() === bakery.token.toLowerCase() ? 700 : 0))
  const rest = payment.lines.map((line, index) => line.points - (old[index] ?? 0))
  await life.live('a part undone', refund(life.network, salon, payment, { points: old }))
  await life.live('the rest undone', refund(life.network, salon, payment, { before: old, points: rest }))

  const back = await life.question(`SELECT r.points, l.issuer, l.points AS line FROM ledger.refund r
    JOIN ledger.refund_line l USING (shop, block_number, log_index) ORDER BY r.block_number, l.issuer`)
  expect(back).toEqual([
    { points: '700', issuer: 1, line: '700' },
    { points: '2900', issuer: 1, line: '1900' },
    { points: '2900', issuer: 2, line: '1000' },
  ])
  const [lanes] = await read(life.network, shopPointsAbi, bakery.token, 'lanesOf', [bert.address])
  // 600 of 900 points of its last quarter were spent and came back youngest first, 2,000 of the first when it was over.
  expect(lanes).toEqual([0, 900, 0, 0, 2_000])
  expect(
    await life.question(`SELECT sum(value)::text AS left FROM ledger.net_move WHERE debtor = 1 AND creditor = 2`),
  ).toEqual([{ left: '0' }])
})

test('every statement adds up to what is held', () => life.expectStatementsAddUp())

test('books filled in one go are the same, to the byte', () => life.expectRebuildsTheSame())

test.each([1, 2, 3, 8, 20])('a fork of depth %i over all this leaves the books as fresh ones', (depth) =>
  life.expectSurvivesFork(depth),
)
