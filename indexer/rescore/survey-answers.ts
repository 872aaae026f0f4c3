import type pg from 'pg'

/** What a member says of themselves and of this shop; null where they did not answer. */
export interface Answers {
  readonly mood: string | null
  readonly mind: string | null
  readonly recommends: number | null
}

/** The answers of members who agree to it, as far as they concern a shop. */
export async function readAnswers(client: pg.ClientBase, shop: number): Promise<ReadonlyMap<string, Answers>> {
  const { rows } = await client.query<Answers & { member: string }>({
    name: 'answers of members',
    text: `SELECT '0x' || encode(a.member, 'hex') AS member,
        max(a.answer) FILTER (WHERE a.question = 'mood') AS mood,
        max(a.answer) FILTER (WHERE a.question = 'mind') AS mind,
        max(a.answer::int) FILTER (WHERE a.question = 'recommend') AS recommends
      FROM portal.survey_answer a
        JOIN portal.consent c ON c.member = a.member AND c.purpose = 'survey' AND c.given
      WHERE a.shop IN (0, $1) GROUP BY a.member`,
    values: [shop],
  })
  return new Map(rows.map(({ member, ...answers }) => [member, answers]))
}
