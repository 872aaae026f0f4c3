import { expect, test } from 'vitest'
import { Pace } from '#indexer/ledger/pace.ts'

test('the time left follows from the blocks of the last transactions', () => {
  const pace = new Pace()
  expect(pace.note({ tip: 100, head: 1_100, events: 400 }, 0)).toEqual({
    blocksLeft: 1_000,
    eventsPerSecond: 0,
    secondsLeft: undefined,
  })
  expect(pace.note({ tip: 200, head: 1_100, events: 5_000 }, 2_000)).toEqual({
    blocksLeft: 900,
    eventsPerSecond: 2_500,
    secondsLeft: 18,
  })
})

test('what was long ago does not count', () => {
  const pace = new Pace()
  for (let turn = 0; turn < 40; turn += 1) pace.note({ tip: turn, head: 10_000, events: 1 }, turn * 1_000)
  let progress = pace.note({ tip: 40, head: 10_000, events: 1 }, 40_000)
  for (let turn = 1; turn <= 40; turn += 1) {
    progress = pace.note({ tip: 40 + turn * 100, head: 10_000, events: 1_000 }, 40_000 + turn * 1_000)
  }
  expect(progress).toEqual({ blocksLeft: 5_960, eventsPerSecond: 1_000, secondsLeft: 60 })
})

test('at the newest block nothing is left', () => {
  const pace = new Pace()
  pace.note({ tip: 8, head: 9, events: 1 }, 0)
  expect(pace.note({ tip: 9, head: 9, events: 1 }, 10)).toMatchObject({ blocksLeft: 0, secondsLeft: 0 })
})
