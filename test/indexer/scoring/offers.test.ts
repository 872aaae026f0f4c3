import { describe, expect, test } from 'vitest'
import { foundingPolicy } from '#indexer/scoring/board-policy.ts'
import { isHeldOut } from '#indexer/scoring/experiments.ts'
import { heldOutShare, holdoutSalt } from '#indexer/scoring/holdout.ts'
import { type OfferMember, shopOffers } from '#indexer/scoring/offers.ts'

const facts = { risk: 3, worth: 3, valueDecile: 5, engagement: 10 } as const
const memberAt = (place: number) => `0x${(place + 1).toString(16).padStart(40, '0')}`
const member = (place: number, more: Partial<OfferMember> = {}): OfferMember => ({
  ...{ member: memberAt(place), basket: { rewards: [], habits: [] }, resting: [], points: 50_000n },
  ...{ lastProposalDay: undefined, facts, multiplier: undefined, ...more },
})
const members = Array.from({ length: 400 }, (_, place) =>
  member(place, { basket: { rewards: place % 3 === 0 ? [1, 2] : [1], habits: [] } }),
)
const upTo = (mostPercent: number) => ({ policy: foundingPolicy, mostPercent, heldBy: 'the board’s policy 1' })
const asked = {
  ...{ shop: 1, day: 100, arms: [], bounds: upTo(200), way: 'counting' as const },
  rewards: [1, 2, 3, 4].map((reward) => ({ reward, points: BigInt(reward) * 10_000n })),
}
const left = (one: string) => isHeldOut(one, holdoutSalt(1), heldOutShare)

describe('who may be addressed comes first', () => {
  test('a tenth is left alone always: no proposal, no multiplier', () => {
    const { proposals, changes } = shopOffers(members, asked)
    const alone = members.filter((one) => left(one.member))
    expect(alone.length).toBeGreaterThan(20)
    expect(proposals).toHaveLength(400 - alone.length)
    expect(changes).toHaveLength(400 - alone.length)
    expect([...proposals, ...changes].filter((one) => left(one.member))).toEqual([])
  })

  test('nobody is proposed anything twice in 28 days', () => {
    const lately = members.map((one) => ({ ...one, lastProposalDay: 73 }))
    expect(shopOffers(lately, asked).proposals).toEqual([])
    const before = members.map((one) => ({ ...one, lastProposalDay: 72 }))
    expect(shopOffers(before, asked).proposals.length).toBeGreaterThan(300)
  })

  test('only what the points reach and what does not rest is proposed', () => {
    const poor = members.map((one) => ({ ...one, points: 20_000n, resting: [1] }))
    const { proposals } = shopOffers(poor, asked)
    expect(new Set(proposals.map(({ reward }) => reward))).toEqual(new Set([2]))
    expect(
      shopOffers(
        members.map((one) => ({ ...one, points: 0n })),
        asked,
      ).proposals,
    ).toEqual([])
  })
})

test('a proposal says with which probability it was drawn, and what it rests on', () => {
  const { proposals, card } = shopOffers(members, asked)
  for (const { propensityPpm, way, reward } of proposals) {
    expect(propensityPpm).toBeGreaterThanOrEqual(33_333)
    expect(['best', 'tried']).toContain(way)
    expect([1, 2, 3]).toContain(reward)
  }
  expect(new Set(proposals.map(({ way }) => way)).size).toBe(2)
  expect(card.arms.map(({ reward }) => reward)).toEqual([1, 2, 3, 4])
  expect(shopOffers(members.toReversed(), asked).proposals.toReversed()).toEqual(proposals)
})

test('what is taken up is proposed more', () => {
  const arms = [
    { reward: 1, proposed: 300, taken: 10 },
    { reward: 2, proposed: 300, taken: 150 },
  ]
  const { proposals } = shopOffers(members, { ...asked, arms })
  expect(proposals.filter(({ reward }) => reward === 2).length).toBeGreaterThan(0.8 * proposals.length)
})

test('factors may put rewards in another order, and the sentence stays one of counted members', () => {
  const { proposals } = shopOffers(members, { ...asked, way: 'factors' })
  expect(proposals.length).toBeGreaterThan(300)
  for (const { because } of proposals) if (because !== null) expect(because.both).toBeGreaterThanOrEqual(5)
})

test('every change of a multiplier has its reason, and the board’s bounds hold', () => {
  const { changes } = shopOffers(members, { ...asked, bounds: upTo(125) })
  for (const change of changes) {
    expect(change).toMatchObject({
      before: 100,
      percent: 125,
      reason: 'likely to be lost, held to 125 by the board’s policy 1',
      policy: 1,
    })
  }
})
