import { connect } from '#indexer/db/connection.ts'
import { InputsHash } from '#indexer/scoring/inputs-hash.ts'
import { findRun, leftOutOfRun, type WhichRun } from './kept-runs.ts'
import { purchaseDays } from './purchase-days.ts'

/** Why the inputs of a run cannot be given. */
export type NoInputs = 'noFit' | 'noSuchRun' | 'notTheSame'

/**
 * The inputs of a run as a table, so that anybody can do it again: `npm run score -- replay`. As the mirror stood at
 * the run's block, without those who had said no by then, whoever did since. They are hashed first: nothing is written
 * that is not, byte for byte, what was committed.
 */
export async function runInputs(
  at: { readonly url: string; readonly which: WhichRun },
  write: (lines: string) => void,
): Promise<NoInputs | undefined> {
  const client = await connect(at.url, 'INDEXER_DATABASE_URL')
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const run = await findRun(client, at.which)
    if (run === undefined) return at.which === 'last' ? 'noFit' : 'noSuchRun'
    const { model, day, block, timeZone } = run
    const asOf = { block, leftOut: await leftOutOfRun(client, run.number) }
    const hash = new InputsHash(model, day)
    for await (const days of purchaseDays(client, { timeZone, asOf })) hash.add(days)
    if (!hash.digest().equals(run.inputsHash)) return 'notTheSame'
    write(`# ${model}, day ${day}, block ${block}, ${timeZone}\nshop,member,day,spend\n`)
    for await (const days of purchaseDays(client, { timeZone, asOf })) {
      write(days.map((row) => `${row.shop},${row.member},${row.day},${row.spend}\n`).join(''))
    }
    return undefined
  } finally {
    await client.end()
  }
}

/** Who was left out of a run because they had said no, an account a line: what a replay from the chain alone needs. */
export async function leftOutLines(at: {
  readonly url: string
  readonly which: WhichRun
}): Promise<readonly string[] | NoInputs> {
  const client = await connect(at.url, 'INDEXER_DATABASE_URL')
  try {
    const run = await findRun(client, at.which)
    if (run === undefined) return at.which === 'last' ? 'noFit' : 'noSuchRun'
    return (await leftOutOfRun(client, run.number)).map((account) => `0x${account}`)
  } finally {
    await client.end()
  }
}
