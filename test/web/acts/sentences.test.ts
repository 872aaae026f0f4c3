import { describe, expect, test } from 'vitest'
import { leftOutNames, refusedBecauseNames } from '#contracts/generated.ts'
import { isRefusalCode, sentenceFor, wordings } from '#web/acts/sentences.ts'
import { knownCodes } from '#web/relayer/reasons.ts'

const small = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`

describe('whatever is refused, a cashier can say why', () => {
  test.each([...leftOutNames, ...refusedBecauseNames].filter((name) => name !== 'None'))('%s', (name) => {
    expect(isRefusalCode(small(name))).toBe(true)
  })

  test.each(knownCodes)('what the relayer tells: %s', (code) => {
    expect(isRefusalCode(code)).toBe(true)
  })

  test('a reason that is not known yet is still a sentence', () => {
    expect(sentenceFor('somethingNew')).toBe(wordings.chainRefused.sentence)
    expect(sentenceFor('constructor')).toBe(wordings.chainRefused.sentence)
  })

  test.each(Object.entries(wordings))('%s reads well aloud', (_, { sentence, advice, status }) => {
    for (const words of [sentence, advice]) {
      expect(words).toMatch(/^[A-Z][^_{}<>]*\.$/)
      expect(words.length).toBeLessThanOrEqual(110)
    }
    expect(status).toBeGreaterThanOrEqual(400)
  })
})
