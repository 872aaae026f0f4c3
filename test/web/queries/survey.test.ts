import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerSurvey } from '#web/acts/answer-survey.ts'
import { decideConsent } from '#web/acts/decide-consent.ts'
import { knownOfMember } from '#web/queries/known-of-member.ts'
import { surveyOf } from '#web/queries/survey.ts'
import { account, openStreet, type Street } from './street.ts'

const memberAt = (number: number) => account(0x1000 + number)
let street: Street
beforeAll(async () => {
  street = await openStreet()
  await street.shop(1)
})
afterAll(() => street.close())

describe('the survey', () => {
  const answers = { mood: 'planet', mind: 'curious', recommend: [{ shop: 1, score: 8 }] }

  test('keeps what was answered in place of what was before, and to send it is to agree', async () => {
    const member = memberAt(1)
    expect(await surveyOf(member)).toMatchObject({ given: false, mood: null, mind: null })
    expect(await answerSurvey(member, { ...answers, mind: 'settled' })).toMatchObject({ mind: 'settled' })
    await answerSurvey(member, answers)
    expect(await surveyOf(member)).toMatchObject({ given: true, mood: 'planet', mind: 'curious' })
    expect((await knownOfMember(member)).answers).toEqual([
      { shop: 0, question: 'mind', answer: 'curious' },
      { shop: 0, question: 'mood', answer: 'planet' },
      { shop: 1, question: 'recommend', answer: '8' },
    ])
  })

  test('withdrawn is gone', async () => {
    await decideConsent(memberAt(1), { purpose: 'survey', given: false })
    expect(await surveyOf(memberAt(1))).toMatchObject({ given: false, mood: null, mind: null })
    expect((await knownOfMember(memberAt(1))).answers).toEqual([])
    // Another consent takes no answers along.
    await answerSurvey(memberAt(1), answers)
    await decideConsent(memberAt(1), { purpose: 'greeting', given: false })
    expect(await surveyOf(memberAt(1))).toMatchObject({ given: true, mood: 'planet' })
  })

  test('refuses what nobody was asked', async () => {
    for (const wrong of [
      { ...answers, mood: 'envy' },
      { ...answers, recommend: [{ shop: 1, score: 11 }] },
    ]) {
      expect(await answerSurvey(memberAt(1), wrong)).toMatchObject({ refused: 'malformed' })
    }
  })
})
