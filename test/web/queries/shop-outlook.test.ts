import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelCard } from '#indexer/scoring/model-card.ts'
import { setGoal } from '#web/acts/set-goal.ts'
import { knownOfMember } from '#web/queries/known-of-member.ts'
import { shopMembers } from '#web/queries/shop-members.ts'
import { shopOffers } from '#web/queries/shop-offers.ts'
import { shopOutlook } from '#web/queries/shop-outlook.ts'
import { streetFairness } from '#web/queries/street-fairness.ts'
import { account, at, bytes, day, opening, openStreet, type Street } from './street.ts'

const run = '00000000-0000-4000-8000-000000000002'
const other = '00000000-0000-4000-8000-000000000003'
const watermark = at(opening + 100 * day)
const memberAt = (number: number) => account(0x1000 + number)
let street: Street

const card: ModelCard = {
  window: { firstDay: 20_454, lastDay: 20_554 },
  members: 4,
  returning: 3,
  leftOut: { optedOut: 1, undone: 0 },
  purchases: {
    model: 'mbg',
    status: 'converged',
    parameters: { r: 1, alpha: 20, a: 1, b: 5 },
    errors: null,
    gradientNorm: 1e-9,
    pooled: true,
    why: 'it was the least off when tried on what is known',
  },
  spend: { model: 'a shrunk mean', status: 'few', mean: 500, parameters: {} },
  backTest: null,
  forecast: null,
  holdout: null,
  goal: null,
  segmentLifts: [
    {
      ...{ segment: 'Champions', difference: 0.4, low: 0.1, high: 0.7 },
      treated: { members: 90, mean: 3 },
      heldOut: { members: 10, mean: 2.6 },
    },
  ],
  offers: { members: 4, pairs: [], arms: [], mostPercent: 150 },
  offerTrial: null,
  fairness: null,
  limits: ['They speak of groups.'],
}

/** Recency, frequency, predicted value in minor units, worth, risk. */
const members = [
  [5, 5, 9_000, 3, 1],
  [5, 4, 7_000, 3, 1],
  [2, 5, 3_000, 3, 3],
  [1, 1, 100, 1, 3],
] as const

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1)
  await street.shop(2)
  for (const [place, [recency, frequency, value, worth, risk]] of members.entries()) {
    await street.judged('score', {
      ...{ shop: 1, member: bytes(memberAt(place + 1)), run, first_at: at(opening), last_at: watermark },
      ...{ recency_days: 10 * place, frequency: 5 - place, spend: 1_000 * (place + 1) },
      ...{ recency_score: recency, frequency_score: frequency, value_score: 3, alive_ppm: 900_000 - place },
      ...{ purchases_millionths: 12_500_000, value_minor: value, value_decile: 10 - place, worth, risk },
      ...{ usual_gap_days: 7, overdue: place > 1, value_before: place === 3 ? null : value - 500 },
      reason: JSON.stringify(place === 3 ? [] : [{ words: 'came once more', minor: 500 }]),
      ...{ tier_by_spend: 0, tier_by_value: 3 - place, engagement: 40 + place, part_of_day: 'morning' },
      part_of_week: null,
      ...{ age_days: 90, payments: place % 2, mood: 'quality', mind: null, recommends: place < 2 ? 10 : 3 },
    })
    const falling = place === 2 ? { next: 0, until_day: 20_600 } : { next: 3 - place, until_day: null }
    await street.judged('tier', {
      ...{ shop: 1, member: bytes(memberAt(place + 1)), tier: 3 - place, since_day: 20_000, ...falling },
    })
  }
  await street.judged('together', { shop: 1, other: 2, members: 5, lift_percent: 140 })
  await fitted(run, { shop: 1, finished: 100 })
  await fitted(run, { shop: 0, finished: 100, root: Buffer.alloc(32, 7) })
})
afterAll(() => street.close())

async function fitted(id: string, of: { shop: number; finished: number; root?: Buffer }): Promise<void> {
  await street.judged('run', {
    ...{ shop: of.shop, id, model: 'expected-value/1', block: 1, watermark, inputs_hash: Buffer.alloc(32, 9) },
    ...{ members: 4, finished_at: at(opening + of.finished * day), kind: 'fit', block_hash: Buffer.alloc(32) },
    ...{ root: of.root ?? null, card: JSON.stringify(card) },
  })
}

describe('a shop’s outlook', () => {
  test('counts members by cell, by what they ask for, by tenth and by tier', async () => {
    const outlook = await shopOutlook(1)
    expect(outlook.cells).toEqual([
      { recency: 5, frequency: 4, members: 1, spend: 2_000n, value: 7_000n },
      { recency: 5, frequency: 5, members: 1, spend: 1_000n, value: 9_000n },
      { recency: 2, frequency: 5, members: 1, spend: 3_000n, value: 3_000n },
      { recency: 1, frequency: 1, members: 1, spend: 4_000n, value: 100n },
    ])
    expect(outlook.cares.map(({ care, members: count }) => [care, count])).toEqual([
      ['reward', 2],
      ['protect', 1],
      ['let go', 1],
    ])
    expect(outlook.deciles.map(({ decile }) => decile)).toEqual([7, 8, 9, 10])
    expect(outlook.totals).toEqual({ members: 4, overdue: 2, value: 19_100n, engagement: 42 })
    expect(outlook.tiers.map(({ tier, held, falling }) => [tier, held, falling])).toEqual([
      [3, 1, 0],
      [2, 1, 0],
      [1, 1, 1],
      [0, 1, 0],
    ])
    expect(outlook.together).toMatchObject([{ shop: 2, name: 'Shop of 2', members: 5, liftPercent: 140 }])
  })

  test('S29: shows each segment by value, engagement, lift, redeeming, recommending and churn', async () => {
    const { metrics, answers, habits, goal } = await shopOutlook(1)
    expect(metrics.map(({ segment, members: count }) => [segment, count])).toEqual([
      ['Champions', 2],
      ['Can’t Lose', 1],
      ['Lost', 1],
    ])
    expect(metrics[0]).toMatchObject({ value: 8_000n, engagement: 41, redeeming: 0.5, lift: { difference: 0.4 } })
    expect(metrics[0]?.churn).toBeCloseTo(0.1, 5)
    expect(metrics[1]?.lift).toBeNull()
    // Two answers name somebody, and four do too.
    expect(metrics.map(({ recommending }) => recommending)).toEqual([null, null, null])
    expect(answers).toEqual([])
    expect(habits).toEqual([{ partOfDay: 'morning', partOfWeek: null, members: 4, value: 4_775n }])
    expect(goal).toBeNull()
  })

  test('answers are shown from five on', async () => {
    await street.judged('score', {
      ...{ shop: 1, member: bytes(memberAt(9)), run, first_at: at(opening), last_at: watermark },
      ...{ recency_days: 1, frequency: 5, spend: 1, recency_score: 5, frequency_score: 5, value_score: 3 },
      ...{ overdue: false, reason: '[]', tier_by_spend: 0, engagement: 40, mood: 'quality', recommends: 9 },
    })
    const { answers } = await shopOutlook(1)
    expect(answers).toEqual([{ question: 'mood', answer: 'quality', members: 5, value: 3_820n, engagement: 41 }])
    await street.indexer.query('DELETE FROM judged.score WHERE member = $1', [bytes(memberAt(9))])
  })

  test('S28: shows the goal as it was set, and what the last look measured of it', async () => {
    const wish = await setGoal(1, { goal: { percent: 15, months: 6 } })
    expect(wish).toMatchObject({ goal: { percent: 15 } })
    expect((await shopOutlook(1)).goal).toMatchObject({ percent: 15, fromDay: expect.any(Number) })
    expect(await setGoal(1, { goal: { percent: 0, months: 6 } })).toMatchObject({ refused: 'malformed' })
    await setGoal(1, { goal: null })
    expect((await shopOutlook(1)).goal).toBeNull()
  })

  test('says how its figures came about, and how far their commitment has come', async () => {
    const before = await shopOutlook(1)
    expect(before.fit).toMatchObject({ card, root: `0x${'07'.repeat(32)}`, commitment: null })
    await street.intent(0, `score:${run}`)
    expect((await shopOutlook(1)).fit?.commitment).toEqual({ state: 'pending', code: null })
    const sender = Buffer.alloc(20, 1)
    await street.portal('submission', {
      ...{ sender, nonce: 1, hash: Buffer.alloc(32), raw: Buffer.alloc(1), purpose: 'score', state: 'mined' },
      ...{ error: null, block_number: 1, block_time: watermark, created_at: watermark },
    })
    await street.web.query(`UPDATE portal.intent SET state = 'sent', sent_by = $1, sent_nonce = 1`, [sender])
    expect((await shopOutlook(1)).fit?.commitment).toEqual({ state: 'final', code: null })
  })

  test('is that of the last fit', async () => {
    await fitted(other, { shop: 1, finished: 90 })
    expect((await shopOutlook(1)).fit?.finishedAt).toEqual(at(opening + 100 * day))
  })

  test('of a shop nobody has judged is empty', async () => {
    expect(await shopOutlook(2)).toMatchObject({ cells: [], cares: [], deciles: [], together: [], fit: null })
  })
})

describe('members', () => {
  const found = async (filter: object) => {
    const { rows, found: count } = await shopMembers(1, { order: 'value', page: 1, filter })
    expect(rows).toHaveLength(count)
    return rows.map(({ member }) => member)
  }

  test('are found by segment, by what they ask for, and when they are overdue; the most valuable first', async () => {
    expect(await found({})).toEqual([1, 2, 3, 4].map(memberAt))
    expect(await found({ segment: 'Champions' })).toEqual([1, 2].map(memberAt))
    expect(await found({ segment: 'Can’t Lose' })).toEqual([memberAt(3)])
    expect(await found({ segment: 'New' })).toEqual([])
    expect(await found({ worth: 3, risk: 3 })).toEqual([memberAt(3)])
    expect(await found({ overdue: true })).toEqual([3, 4].map(memberAt))
    expect(await found({ overdue: true, risk: 3, worth: 1 })).toEqual([memberAt(4)])
  })

  test('are told of themselves what the shop is told of them', async () => {
    const [row] = (await shopMembers(1, { order: 'value', page: 1, filter: { segment: 'Can’t Lose' } })).rows
    const [score] = (await knownOfMember(memberAt(3))).scores
    expect(row).toMatchObject({
      segment: 'Can’t Lose',
      overdue: true,
      usualGapDays: 7,
      engagement: 42,
      partOfDay: 'morning',
      tier: { tier: 1, next: 0, until: new Date(20_600 * 86_400_000) },
      expected: { value: 3_000n, before: 2_500n, care: 'protect', reason: [{ words: 'came once more', minor: 500 }] },
    })
    for (const key of ['segment', 'overdue', 'usualGapDays', 'engagement', 'partOfDay', 'expected', 'tier'] as const) {
      expect([key, score?.[key]]).toEqual([key, row?.[key]])
    }
  })
})

test('the auditor reads the last fit’s fairness of the whole street, and nothing where there is none', async () => {
  expect(await streetFairness()).toEqual({ watermark, cards: null })
  const cards = [{ by: 'since when', groups: [], small: [{ group: 'came lately', members: 9 }] }]
  await street.indexer.query(`UPDATE judged.run SET card = jsonb_set(card, '{fairness}', $1) WHERE shop = 0`, [
    JSON.stringify(cards),
  ])
  expect((await streetFairness())?.cards).toEqual(cards)
})

describe('what is proposed', () => {
  const because = { from: { reward: 1 }, to: 2, both: 9, of: 20, anyway: 9, all: 80 }

  beforeAll(async () => {
    await street.portal('reward', { shop: 1, reward: 2, title: 'A pastry', detail: '', points: 20_000, active: true })
    for (const [place, made] of [20_550, 20_540, 20_500].entries()) {
      await street.judged('offer', {
        ...{ shop: 1, member: bytes(memberAt(place + 1)), day: made, reward: 2, propensity_ppm: 600_000, way: 'best' },
        ...{
          next_best: place === 0,
          because: place === 0 ? JSON.stringify(because) : null,
          taken_anyway: 9,
          of_members: 80,
        },
      })
    }
    for (const [made, before, percent] of [
      [20_500, 100, 125],
      [20_540, 125, 150],
    ] as const) {
      await street.judged('multiplier', {
        ...{ shop: 1, member: bytes(memberAt(1)), day: made, before, percent, reason: 'likely to be lost' },
      })
    }
  })

  test('is shown as long as it is open, with its grounds, its probability and the multiplier that holds', async () => {
    const offers = await shopOffers(1, { page: 9, steps: 1 })
    expect(offers.rows.map(({ member }) => member)).toEqual([memberAt(1), memberAt(2)])
    expect(offers.rows[0]).toMatchObject({
      ...{ rewardTitle: 'A pastry', propensityPpm: 600_000, nextBest: true, because, multiplier: 150 },
      openUntil: new Date(20_578 * 86_400_000),
    })
    expect(offers.rows[1]).toMatchObject({ because: null, multiplier: 100, takenAnyway: 9, ofMembers: 80 })
    expect(offers.steps).toMatchObject([{ before: 125, percent: 150, reason: 'likely to be lost' }])
    expect(offers.multipliers).toEqual([{ percent: 150, members: 1 }])
    expect(offers).toMatchObject({ page: 1, pages: 1, found: 2, card: { mostPercent: 150 } })
  })

  test('a member sees what a shop is advised to offer them', async () => {
    const { scores } = await knownOfMember(memberAt(1))
    expect(scores[0]).toMatchObject({ offered: 'A pastry', multiplier: 150, multiplierReason: 'likely to be lost' })
  })
})
