import { describe, expect, test } from 'vitest'
import {
  type BoardPolicy,
  dayOfPolicy,
  foundingPolicy,
  policyHash,
  readBoardPolicy,
} from '#indexer/scoring/board-policy.ts'

const multiplier = { mostPercent: 150, changeDays: 14, mostChange: 25 }
const document = (more: object = {}) => JSON.stringify({ version: 2, date: '2027-01-15', multiplier, ...more })

describe('the board’s policy', () => {
  test('is read from the text that was decided, which one hash stands for', () => {
    expect(readBoardPolicy(document())).toEqual({ version: 2, date: '2027-01-15', multiplier })
    expect(dayOfPolicy(readBoardPolicy(document()) as BoardPolicy)).toBe(Date.UTC(2027, 0, 15) / 86_400_000)
    expect(policyHash(document())).toMatch(/^0x[0-9a-f]{64}$/)
    expect(policyHash(`${document()} `)).not.toBe(policyHash(document()))
  })

  test.each([
    { what: 'no JSON', text: 'twice as many', says: /no JSON object/ },
    { what: 'a list', text: '[]', says: /no JSON object/ },
    { what: 'the founders’ number', text: document({ version: 1 }), says: /version/ },
    { what: 'a day that is none', text: document({ date: '2027-02-30' }), says: /no day/ },
    { what: 'nothing of multipliers', text: document({ multiplier: null }), says: /nothing of the multiplier/ },
    {
      what: 'fewer points for some',
      text: document({ multiplier: { ...multiplier, mostPercent: 99 } }),
      says: /100 to/,
    },
    { what: 'half a day', text: document({ multiplier: { ...multiplier, changeDays: 0.5 } }), says: /changeDays/ },
    {
      what: 'something left over',
      text: document({ multiplier: { ...multiplier, leastPercent: 50 } }),
      says: /leastPercent/,
    },
    { what: 'another subject', text: document({ holdout: 0 }), says: /"holdout"/ },
  ])('$what is none', ({ text, says }) => {
    expect(readBoardPolicy(text)).toMatch(says)
  })

  test('begins with what the founders agreed on, which docs/acts/policy.md prints', () => {
    expect(foundingPolicy).toEqual({
      ...{ version: 1, date: '2026-12-01' },
      multiplier: { mostPercent: 200, changeDays: 28, mostChange: 50 },
    })
  })
})
