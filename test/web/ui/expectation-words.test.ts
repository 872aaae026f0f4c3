import { expect, test } from 'vitest'
import { expectedWords, gapWords, habitWords, reasonWords, tierWords } from '#web/ui/expectation-words.ts'

const given = {
  money: { locale: 'en-IE', currency: 'EUR', decimals: 6, par: 100n },
  dates: { locale: 'en-IE', timeZone: 'UTC' },
} as never

const expected = {
  alivePpm: 830_000,
  purchasesMillionths: 12_000_000n,
  value: 112_677n,
  decile: 9,
  care: 'reward',
  before: 80_027n,
  reason: [
    { words: 'came 28 more times', minor: 139_393 },
    { words: '30 days went by', minor: -106_743 },
  ],
} as const

test('a reason is a sentence, with what each part did to the value, in whole money', () => {
  expect(reasonWords(expected, given)).toBe(
    '€326 more than 30 days ago: came 28 more times (+€1,394), 30 days went by (-€1,067)',
  )
  expect(reasonWords({ ...expected, before: 112_677n, reason: [] }, given)).toBe('As 30 days ago')
  expect(reasonWords({ ...expected, before: null, reason: [] }, given)).toBe('New in the last 30 days')
  expect(reasonWords(null, given)).toBeNull()
  expect(expectedWords(expected, given)).toBe('€1,127')
  expect(expectedWords(null, given)).toBe('not known yet')
})

test('silence is told beside what is usual', () => {
  expect(gapWords(7, 5)).toBe('usually back within 7 days')
  expect(gapWords(1, 4)).toBe('usually back within a day, 3 overdue')
  expect(gapWords(null, 4)).toBeNull()
})

test('habits and tiers are told only where there are any', () => {
  expect(habitWords({ partOfDay: 'morning', partOfWeek: 'weekends' })).toBe('in the morning, at weekends')
  expect(habitWords({ partOfDay: null, partOfWeek: null })).toBeNull()
  expect(tierWords({ tier: 3, next: 3, until: null }, given)).toBe('Gold')
  expect(tierWords({ tier: 0, next: 0, until: null }, given)).toBeNull()
  expect(tierWords({ tier: 3, next: 1, until: new Date(Date.UTC(2026, 11, 30)) }, given)).toMatch(
    /^Gold, Bronze from .*30 Dec.* at the earliest$/,
  )
})
