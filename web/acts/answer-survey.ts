import 'server-only'
import { z } from 'zod'
import { bytesOf } from '#web/queries/database.ts'
import { surveyChoices } from '#web/queries/survey.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

/** What a member says of themselves; what they leave out stays unanswered. */
export const surveyAnswers = z.object({
  mood: z.enum(surveyChoices.mood).nullable(),
  mind: z.enum(surveyChoices.mind).nullable(),
  recommend: z
    .array(z.object({ shop: z.int().positive().max(2_147_483_647), score: z.int().min(0).max(10) }))
    .max(20)
    .refine((list) => new Set(list.map(({ shop }) => shop)).size === list.length, { error: 'names a shop twice' }),
})

export type SurveyAnswers = z.output<typeof surveyAnswers>

/** Keeps a member's answers in place of those before. To send them is to agree that they are counted. */
export async function answerSurvey(
  member: Hex,
  input: unknown,
  { now = new Date() } = {},
): Promise<SurveyAnswers | Refusal> {
  const answers = read(surveyAnswers, input)
  if (isRefusal(answers)) return answers
  const { mood, mind, recommend } = answers
  const rows = [
    ...(mood === null ? [] : [{ shop: 0, question: 'mood', answer: mood }]),
    ...(mind === null ? [] : [{ shop: 0, question: 'mind', answer: mind }]),
    ...recommend.map(({ shop, score }) => ({ shop, question: 'recommend', answer: `${score}` })),
  ]
  return await inTransaction(async (client) => {
    await client.query({
      name: 'agree to be counted',
      text: `INSERT INTO portal.consent (member, purpose, given, decided_at) VALUES ($1, 'survey', true, $2)
        ON CONFLICT (member, purpose) DO UPDATE SET given = true, decided_at = excluded.decided_at`,
      values: [bytesOf(member), now],
    })
    await client.query({
      name: 'forget answers',
      text: 'DELETE FROM portal.survey_answer WHERE member = $1',
      values: [bytesOf(member)],
    })
    await client.query({
      name: 'keep answers',
      text: `INSERT INTO portal.survey_answer (member, shop, question, answer, answered_at)
        SELECT $1, a.shop, a.question, a.answer, $2
        FROM json_to_recordset($3) AS a(shop int, question text, answer text)`,
      values: [bytesOf(member), now, JSON.stringify(rows)],
    })
    return answers
  })
}
