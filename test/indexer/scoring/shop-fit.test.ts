import { expect, test } from 'vitest'
import { fitNetwork, fitShop, learn } from '#indexer/scoring/shop-fit.ts'
import { modelFrom } from '#indexer/scoring/shop-model.ts'
import type { Visits } from '#indexer/scoring/visits.ts'
import { simulated } from './simulated-shop.ts'

const seed = 20_261_130
console.info(`seed of the simulated shops: ${seed}`)

const days = { known: 270, ahead: 91 }

test('a young shop takes the street’s model as it is, and says so', () => {
  const { known } = simulated(400, seed, days)
  const network = fitNetwork([learn(known, days.known)], known, days.known)
  const stranger = { member: `0x${'f'.repeat(40)}`, days: [260], spends: [500] }
  const { card, stored } = fitShop([stranger], network, days.known)
  expect(card).toMatchObject({ members: 1, returning: 0, backTest: null })
  expect(card.purchases).toMatchObject({ pooled: true })
  expect(card.purchases.why).toMatch(/^the whole street’s choice/)
  expect(stored).toBeDefined()
})

test('a shop’s own members weigh against the street’s by how many they are', () => {
  const street = simulated(500, seed, days).known
  const network = fitNetwork([learn(street, days.known)], [], days.known)
  // Here everybody comes twice a week.
  const eager = street.slice(0, 29).map((visits, place) => {
    const from = 100 + (place % 60)
    const own = Array.from({ length: Math.floor((days.known - from) / 3) }, (_, visit) => from + 3 * visit)
    return { member: visits.member, days: own, spends: own.map(() => 400) }
  })
  const rateOf = (members: readonly Visits[]) => {
    const { parameters } = fitShop(members, network, days.known).card.purchases
    return (parameters['r'] as number) / (parameters['alpha'] as number)
  }
  const usual = rateOf([])
  const [few, many] = [rateOf(eager.slice(0, 8)), rateOf(eager)]
  expect(few).toBeGreaterThan(usual)
  expect(many).toBeGreaterThan(few)
})

test('where there is nothing to learn from, nothing is expected of anybody, and the card says why', () => {
  const network = fitNetwork([], [], 100)
  expect(network.stored).toBeUndefined()
  expect(network.card).toMatchObject({ members: 0, backTest: null, forecast: null })
  const once = [{ member: `0x${'1'.repeat(40)}`, days: [90], spends: [100] }]
  const { card, stored } = fitShop(once, fitNetwork([learn(once, 100)], once, 100), 100)
  expect(stored).toBeUndefined()
  expect(card.purchases.status).toBe('noReturning')
  expect(card.forecast).toBeNull()
})

test('the back-test’s bias carries its sign: above nought where too much was foretold', () => {
  const { known } = simulated(300, seed + 7, days)
  const network = fitNetwork([learn(known, days.known)], known, days.known)
  const { card } = fitShop(known, network, days.known)
  const { backTest } = card
  if (backTest === null) throw new Error('nothing was tried')
  expect(backTest.bias).toBeCloseTo((backTest.foretold - backTest.came) / backTest.came, 12)
  expect(Math.sign(backTest.bias as number)).toBe(Math.sign(backTest.foretold - backTest.came))
  expect(Math.abs(backTest.bias as number)).toBeLessThan(0.25)
  expect(backTest.models.map(({ model }) => model)).toContain(card.purchases.model)
  expect(backTest.deciles).toHaveLength(10)
  // Every other member stays away from one day on: too much was foretold.
  const silent = known.map((visits, place) => {
    if (place % 2 === 0) return visits
    const kept = visits.days.filter((day) => day <= 190)
    return {
      ...visits,
      days: kept.length === 0 ? [190] : kept,
      spends: kept.length === 0 ? [100] : kept.map(() => 100),
    }
  })
  const gone = fitShop(silent, network, days.known).card.backTest
  expect(gone?.bias).toBeGreaterThan(0.1)
})

test('a model that was stored says the same to the last bit', () => {
  const { known } = simulated(300, seed + 3, days)
  const fit = fitShop(known, fitNetwork([learn(known, days.known)], [], days.known), days.known)
  if (fit.stored === undefined) throw new Error(fit.card.purchases.status)
  const [one, other] = [modelFrom(fit.stored), modelFrom(JSON.parse(JSON.stringify(fit.stored)))]
  const terms = { frequency: 7, silence: 12, age: 200, spend: 512 }
  expect(other.value(terms)).toBe(one.value(terms))
  expect(one.alive(terms)).toBeGreaterThan(0)
  expect(one.value(terms)).toBeLessThan(one.purchases(terms) * 2_000)
  // Terms that no history has are read as the nearest that one could have.
  expect(one.value({ ...terms, silence: 500 })).toBe(one.value({ ...terms, silence: 200 }))
})
