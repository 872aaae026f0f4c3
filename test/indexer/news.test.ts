import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { newsInto } from '#indexer/news.ts'

/** What is said while the mirror catches up, line by line. */

afterEach(() => vi.useRealTimers())

function listening() {
  const lines: Record<string, unknown>[] = []
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  return { lines, news: newsInto(log, () => undefined) }
}

test('who waits for a backfill is told every two seconds how many blocks are left, how fast, and how long', () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'performance'] })
  const { lines, news } = listening()
  for (let tip = 100; tip <= 1_000; tip += 100) {
    news.recorded({ tip, head: 1_000, events: 5_000, shops: new Set(), tookMs: 400 })
    vi.advanceTimersByTime(500)
  }
  const told = lines.filter(({ event }) => event === 'blocks.catchingUp')
  expect(told.length).toBeGreaterThan(1)
  expect(told.length).toBeLessThan(4)
  expect(told.at(-1)).toMatchObject({
    block: 600,
    head: 1_000,
    blocksLeft: 400,
    eventsPerSecond: 10_000,
    secondsLeft: 2,
  })
  expect(lines.at(-1)).toMatchObject({ event: 'blocks.mirrored', block: 1_000 })
})

test('at the newest block an empty one is no line', () => {
  const { lines, news } = listening()
  news.recorded({ tip: 7, head: 7, events: 0, shops: new Set(), tookMs: 1 })
  news.recorded({ tip: 8, head: 8, events: 2, shops: new Set([1]), tookMs: 1 })
  expect(lines).toMatchObject([{ event: 'blocks.mirrored', block: 8, events: 2 }])
})
