import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestTransaction } from '#test/support/chain.ts'
import { MirroredLife } from '#test/support/mirrored-life.ts'
import { Chance, Traffic } from '#test/support/traffic.ts'
import { chunksOf, paymentsOf, refund, reverse } from '#test/support/undoing.ts'

/** Whatever a street does, in any order, and regrets afterwards: seeded, so that a failure comes again. */

const seed = 'regrets 1'
const chance = new Chance(seed)
let life: MirroredLife

beforeAll(async () => {
  life = await MirroredLife.open({ shops: 3, members: 5 })
})
afterAll(() => life?.close())

/** Undoes a part of some purchase, or tries to: what was undone before is guessed, and members may have spent it. */
async function regretPurchase(): Promise<TestTransaction | undefined> {
  const shop = chance.of(life.network.shops)
  const chunks = await chunksOf(life.network, shop)
  if (chunks.length === 0) return undefined
  const points = 1 + chance.below(1_500)
  const taken = chance.below(points + 1)
  const debt = chance.below(points - taken + 1)
  return await reverse(life.network, shop, chance.of(chunks), { points, taken, debt })
}

async function regretPayment(): Promise<TestTransaction | undefined> {
  const shop = chance.of(life.network.shops)
  const payments = await paymentsOf(life.network, shop)
  if (payments.length === 0) return undefined
  const payment = chance.of(payments)
  const points = payment.lines.map((line) => chance.below(line.points + 1))
  return await refund(life.network, shop, payment, { points })
}

test(`the books stand as the chain, whatever is bought, paid, given and undone (seed ${seed})`, async () => {
  const traffic = new Traffic(life.network, seed)
  for (let quarter = 0; quarter < 6; quarter += 1) {
    for (let round = 0; round < 5; round += 1) {
      await traffic.run(1)
      const regrets = [await regretPurchase(), await regretPurchase(), await regretPayment()]
      await life.chain.send(...regrets.filter((regret) => regret !== undefined))
      await life.chain.mine()
      await life.mirrored(`quarter ${quarter}, round ${round}`)
    }
    await traffic.nextQuarter()
    await life.mirrored(`after quarter ${quarter}`)
  }
  const [undone] = await life.question<{ reversals: string; debts: string; paid: string; refunds: string }>(`SELECT
    (SELECT count(*) FROM ledger.reversal) AS reversals, (SELECT count(*) FROM ledger.reversal WHERE debt > 0) AS debts,
    (SELECT count(*) FROM ledger.movement WHERE kind = 'debtPaid') AS paid,
    (SELECT count(*) FROM ledger.refund) AS refunds`)
  expect(Object.values(undone ?? {}).filter((count) => Number(count) < 5)).toEqual([])
})

test('every statement adds up to what is held', () => life.expectStatementsAddUp())

test.each([1, 7, 30, 60])('a fork of depth %i over all this leaves the books as fresh ones', (depth) =>
  life.expectSurvivesFork(depth),
)
