import 'server-only'
import { type HabitOfMind, habitsOfMind, type Mood, moods } from '#indexer/scoring/survey.ts'
import { atOneMoment, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'

/** What may be answered, by question. */
export const surveyChoices = { mood: moods, mind: habitsOfMind } as const

/** What a member is asked, and what they answered; nothing of it is kept where they do not agree to it. */
export interface Survey {
  readonly given: boolean
  readonly mood: Mood | null
  readonly mind: HabitOfMind | null
  /** Shops where they buy, those they know best first, and how likely they are to recommend each: 0 to 10. */
  readonly shops: readonly {
    readonly shop: number
    readonly name: string
    readonly recommends: number | null
  }[]
}

const shopsAsked = 3

const answers: Question = {
  name: 'survey-answers',
  text: `SELECT a.question, a.answer FROM portal.survey_answer a WHERE a.member = $1 AND a.shop = 0`,
}

const agreed: Question = {
  name: 'survey-consent',
  text: `SELECT c.given FROM portal.consent c WHERE c.member = $1 AND c.purpose = 'survey'`,
}

const shopsOf: Question = {
  name: 'survey-shops',
  text: `SELECT p.shop, coalesce(f.name, 'Shop ' || p.shop) AS name, max(a.answer)::int AS recommends
    FROM ledger.purchase p LEFT JOIN portal.shop_profile f ON f.shop = p.shop
      LEFT JOIN portal.survey_answer a ON a.member = p.member AND a.shop = p.shop AND a.question = 'recommend'
    WHERE p.member = $1 GROUP BY p.shop, f.name ORDER BY count(*) DESC, p.shop LIMIT ${shopsAsked}`,
}

export async function surveyOf(member: Address): Promise<Survey> {
  return await atOneMoment(async (ask) => {
    const of = [bytesOf(member)]
    const [consent] = await ask<{ given: boolean }>(agreed, of)
    const said = await ask<{ question: string; answer: string }>(answers, of)
    const answer = (question: string) => said.find((one) => one.question === question)?.answer
    return {
      given: consent?.given ?? false,
      mood: moods.find((mood) => mood === answer('mood')) ?? null,
      mind: habitsOfMind.find((mind) => mind === answer('mind')) ?? null,
      shops: await ask<Survey['shops'][number]>(shopsOf, of),
    }
  })
}
