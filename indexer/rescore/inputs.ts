import { connect } from '#indexer/db/connection.ts'
import { InputsHash } from '#indexer/scoring/inputs-hash.ts'
import { purchaseDays } from './purchase-days.ts'

/** Why the inputs of the last fit cannot be given. */
export type NoInputs = 'noFit' | 'somebodyLeft'

/**
 * The inputs of the last fit as a table, so that anybody can do it again: `npm run score -- replay`. As the mirror
 * stood at the fit's block. Not given where they are no longer those that were hashed: somebody has decided otherwise
 * since, and their purchases are nobody's to hand out.
 * @param write gets the lines; where the answer is a refusal what it got is to be thrown away
 */
export async function lastInputs(
  at: { readonly url: string; readonly timeZone: string },
  write: (lines: string) => void,
): Promise<NoInputs | undefined> {
  const client = await connect(at.url, 'INDEXER_DATABASE_URL')
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows } = await client.query<{ model: string; block: string; day: number; inputs_hash: Buffer }>(
      `SELECT r.model, r.block, r.inputs_hash, (r.watermark AT TIME ZONE $1)::date - DATE '1970-01-01' AS day
       FROM judged.run r WHERE r.shop = 0 AND r.kind = 'fit' ORDER BY r.finished_at DESC LIMIT 1`,
      [at.timeZone],
    )
    const [run] = rows
    if (run === undefined) return 'noFit'
    const hash = new InputsHash(run.model, run.day)
    write(`# ${run.model}, day ${run.day}, block ${run.block}, ${at.timeZone}\nshop,member,day,spend\n`)
    for await (const days of purchaseDays(client, { timeZone: at.timeZone, untilBlock: Number(run.block) })) {
      hash.add(days)
      write(days.map(({ shop, member, day, spend }) => `${shop},${member},${day},${spend}\n`).join(''))
    }
    return hash.digest().equals(run.inputs_hash) ? undefined : 'somebodyLeft'
  } finally {
    await client.end()
  }
}
