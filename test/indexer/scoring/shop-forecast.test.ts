import { expect, test } from 'vitest'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import type { Fit } from '#indexer/scoring/fit.ts'
import { priorFrom } from '#indexer/scoring/pooling.ts'
import { fitPurchases } from '#indexer/scoring/purchase-models.ts'
import { learn } from '#indexer/scoring/shop-fit.ts'
import { forecastVisits, parameterNames, shopForecast } from '#indexer/scoring/shop-forecast.ts'
import { simulated } from './simulated-shop.ts'

const seed = 20_261_130
console.info(`seed of the simulated shops: ${seed}`)
const days = { known: 270, ahead: 91 }

const street = fitPurchases('mbg', cohortOf(learn(simulated(1_500, seed - 1, days).known, days.known).histories))
const prior = priorFrom(street.fit as Fit<Readonly<Record<string, number>>>, parameterNames.mbg)

/** A shop as it is fitted: leaning on the street. */
function fitted(members: number, from: number) {
  const { known, came } = simulated(members, from, days)
  const cohort = cohortOf(learn(known, days.known).histories)
  const { fit, fitted: model } = fitPurchases('mbg', cohort, { prior })
  if (model === undefined) throw new Error(fit.status)
  return { cohort, came, model, fit: fit as Fit<Readonly<Record<string, number>>> }
}

test('a shop’s forecast holds what comes nine times of ten, on shops that live by the model', () => {
  const shops = 100
  let inside = 0
  for (let shop = 0; shop < shops; shop += 1) {
    const { cohort, came, model, fit } = fitted(120, seed + shop)
    const [visits] = forecastVisits(model, cohort, { fit, spans: [days.ahead] })
    if (visits === undefined) throw new Error('a span was asked for')
    if (came >= visits.low && came <= visits.high) inside += 1
  }
  console.info(`${inside} of ${shops} forecasts held`)
  expect(inside / shops).toBeGreaterThanOrEqual(0.85)
  expect(inside / shops).toBeLessThanOrEqual(0.95)
})

test('weeks add up, and the further ahead the wider', () => {
  const { cohort, model, fit } = fitted(200, seed)
  const forecast = shopForecast(model, cohort, { fit, valuePerVisit: 450 })
  expect(forecast).toMatchObject({ days: 91, level: 0.9 })
  expect(forecast.weeks).toHaveLength(13)
  expect(forecast.weeks.at(-1)).toEqual(forecast.visits)
  for (const [place, week] of forecast.weeks.entries()) {
    const before = forecast.weeks[place - 1] ?? { expected: 0, low: 0, high: 0 }
    expect(week.expected).toBeGreaterThan(before.expected)
    expect(week.high - week.low).toBeGreaterThan(before.high - before.low)
    expect(week.low).toBeGreaterThanOrEqual(0)
  }
  expect(forecast.value.expected).toBe(Math.round(forecast.visits.expected * 450))
})
