import { expect, test } from 'vitest'
import { tryModels } from '#indexer/scoring/model-trial.ts'
import { EvenSample } from '#indexer/scoring/sample.ts'
import { simulated } from './simulated-shop.ts'

test('purchases are tracked week by week, from the first one through the weeks that were held back', () => {
  const { known } = simulated(800, 4, { known: 280, ahead: 0 })
  const card = tryModels(known, 280)?.card
  const tracked = card?.tracked ?? []
  const last = tracked.at(-1)
  expect(tracked.map(({ week }) => week)).toEqual(tracked.map((_, place) => place + 1))
  expect(tracked.length).toBe(
    Math.floor((card?.calibrationDays ?? 0) / 7 + 2 * ((card?.holdoutDays ?? 0) / 7)) +
      Math.floor((card?.holdoutDays ?? 0) / 7),
  )
  for (const [place, one] of tracked.entries()) expect(one.came).toBeGreaterThanOrEqual(tracked[place - 1]?.came ?? 0)
  // A shop that lives by the model is told of truly: within a twelfth at the end of what was known and at the last.
  for (const one of [tracked.at(-14), last])
    expect(Math.abs((one?.foretold as number) / (one?.came as number) - 1)).toBeLessThan(1 / 12)
})

test('an even sample of a stream depends on the stream alone', () => {
  const kept = (count: number) => {
    const sample = new EvenSample<number>(100)
    for (let place = 0; place < count; place += 1) sample.take(place)
    return sample.kept
  }
  expect(kept(80)).toEqual(Array.from({ length: 80 }, (_, place) => place))
  expect(kept(100)).toHaveLength(100)
  expect(kept(101)).toEqual(Array.from({ length: 51 }, (_, place) => 2 * place))
  expect(kept(100_000).length).toBeGreaterThan(45)
  expect(kept(100_000).length).toBeLessThanOrEqual(100)
})
