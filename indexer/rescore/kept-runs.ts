import type pg from 'pg'

/** A run that was to be committed, with what is needed to do it again. */
export interface KeptRun {
  readonly number: number
  readonly model: string
  readonly block: number
  /** Days since 1970-01-01 in the time zone. */
  readonly day: number
  readonly timeZone: string
  readonly inputsHash: Buffer
}

const accountBytes = 20

/** Who is left out after all these changes, ascending; accounts in hex without 0x. */
export function leftOutAfter(changes: readonly { readonly saidNo: Buffer; readonly cameBack: Buffer }[]): string[] {
  const out = new Set<string>()
  for (const { saidNo, cameBack } of changes) {
    for (const account of accountsIn(saidNo)) out.add(account)
    for (const account of accountsIn(cameBack)) out.delete(account)
  }
  return [...out].sort()
}

function accountsIn(bytes: Buffer): string[] {
  return Array.from({ length: bytes.length / accountBytes }, (_, place) => {
    return bytes.toString('hex', place * accountBytes, (place + 1) * accountBytes)
  })
}

/** Who was left out of a run, by its number among those kept. */
export async function leftOutOfRun(client: pg.ClientBase, number: number): Promise<string[]> {
  const { rows } = await client.query<{ saidNo: Buffer; cameBack: Buffer }>(
    `SELECT k.said_no AS "saidNo", k.came_back AS "cameBack" FROM judged.kept_run k
     WHERE k.shop = 0 AND k.number <= $1 ORDER BY k.number`,
    [number],
  )
  return leftOutAfter(rows)
}

/**
 * Keeps what a run was made from, beside its scores and in their transaction: the ledger tells the purchases of any
 * block again, but nothing tells who had said no by then. Only the changes since the run before are written.
 */
export async function keepRun(client: pg.ClientBase, run: Omit<KeptRun, 'number'> & { run: string; root: Buffer }) {
  const { rows } = await client.query<{ last: number }>(
    'SELECT coalesce(max(k.number), 0) AS last FROM judged.kept_run k WHERE k.shop = 0',
  )
  const last = rows[0]?.last ?? 0
  const before = new Set(await leftOutOfRun(client, last))
  const { rows: said } = await client.query<{ account: string }>(
    `SELECT encode(c.member, 'hex') AS account FROM portal.consent c
     WHERE c.purpose = 'personalisation' AND NOT c.given
       AND EXISTS (SELECT FROM ledger.purchase p WHERE p.member = c.member) ORDER BY c.member`,
  )
  const now = new Set(said.map(({ account }) => account))
  const bytesOf = (accounts: readonly string[]) => Buffer.from(accounts.join(''), 'hex')
  await client.query(
    `INSERT INTO judged.kept_run (shop, number, run, model, block, day, time_zone, inputs_hash, root, said_no,
       came_back)
     VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[last + 1, run.run, run.model, run.block, run.day, run.timeZone, run.inputsHash, run.root],
      bytesOf([...now].filter((account) => !before.has(account))),
      bytesOf([...before].filter((account) => !now.has(account))),
    ],
  )
}

/** Which run is meant: the last one, or the last as of a block, of these inputs where they are named. */
export type WhichRun = 'last' | { readonly block: number; readonly inputsHash?: string }

export async function findRun(client: pg.ClientBase, which: WhichRun): Promise<KeptRun | undefined> {
  const { block, inputsHash } = which === 'last' ? {} : which
  const { rows } = await client.query<Omit<KeptRun, 'block'> & { block: string }>(
    `SELECT k.number, k.model, k.block, k.day, k.time_zone AS "timeZone", k.inputs_hash AS "inputsHash"
     FROM judged.kept_run k
     WHERE k.shop = 0 AND ($1::bigint IS NULL OR k.block = $1)
       AND ($2::text IS NULL OR k.inputs_hash = decode($2, 'hex'))
     ORDER BY k.number DESC LIMIT 1`,
    [block ?? null, inputsHash?.slice(2) ?? null],
  )
  const [row] = rows
  return row === undefined ? undefined : { ...row, block: Number(row.block) }
}
