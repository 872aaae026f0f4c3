import type pg from 'pg'

/** What members have decided about being judged and asked, as far as a change of it must be noticed. */
export interface ConsentState {
  readonly decisions: number
  /** Another text whenever any decision is another. */
  readonly mark: string
}

export async function readConsentState(client: pg.Client): Promise<ConsentState> {
  const { rows } = await client.query<{ decisions: string; given: string; last: Date | null }>(
    `SELECT count(*) AS decisions, count(*) FILTER (WHERE given) AS given, max(decided_at) AS last
     FROM portal.consent WHERE purpose IN ('personalisation', 'survey')`,
  )
  const [row] = rows
  const decisions = Number(row?.decisions ?? 0)
  return { decisions, mark: `${decisions} ${row?.given ?? 0} ${row?.last?.toISOString() ?? 'never'}` }
}

/** Shops that score somebody who said no, leave out somebody who said yes, or know other answers than were given. */
export async function shopsOutOfStep(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query<{ shop: number }>(
    `SELECT s.shop FROM judged.score s
       JOIN portal.consent c ON c.member = s.member AND c.purpose = 'personalisation' AND NOT c.given
     UNION
     SELECT p.shop FROM ledger.purchase p
       JOIN portal.consent c ON c.member = p.member AND c.purpose = 'personalisation' AND c.given
       WHERE NOT EXISTS (SELECT FROM judged.score s WHERE s.shop = p.shop AND s.member = p.member)
     UNION
     SELECT s.shop FROM judged.score s
       JOIN portal.consent c ON c.member = s.member AND c.purpose = 'survey'
       LEFT JOIN LATERAL (SELECT max(a.answer) FILTER (WHERE a.question = 'mood') AS mood,
           max(a.answer) FILTER (WHERE a.question = 'mind') AS mind,
           max(a.answer::int) FILTER (WHERE a.question = 'recommend') AS recommends
         FROM portal.survey_answer a WHERE c.given AND a.member = s.member AND a.shop IN (0, s.shop)) said ON true
       WHERE (s.mood, s.mind, s.recommends) IS DISTINCT FROM (said.mood, said.mind, said.recommends)`,
  )
  return rows.map((row) => row.shop)
}
