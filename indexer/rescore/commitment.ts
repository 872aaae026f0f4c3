import type pg from 'pg'
import { type CommittedScore, Leaves, leafTree, scoreLeaf } from '#indexer/scoring/score-tree.ts'

/** What a fit fixes before anything is done by it (N-20). */
export interface Commitment {
  readonly run: string
  readonly block: number
  readonly blockHash: Buffer
  readonly inputsHash: Buffer
  readonly model: string
  readonly root: Buffer
}

interface LeafRow {
  readonly shop: number
  readonly member: string
  readonly tier: number
  readonly alive_ppm: number
  readonly purchases_millionths: string
  readonly value_minor: string
}

const rowsAtOnce = 20_000

/**
 * Keeps what was just scored as the leaves of this run, and answers the root over them; undefined where nobody could be
 * scored, for then there is nothing to fix. Within the caller's transaction.
 */
export async function collectLeaves(client: pg.ClientBase, run: string): Promise<Buffer | undefined> {
  await client.query('DELETE FROM judged.leaf')
  await client.query(
    `INSERT INTO judged.leaf (shop, member, run, tier, alive_ppm, purchases_millionths, value_minor)
     SELECT s.shop, s.member, $1, s.tier_by_value, s.alive_ppm, s.purchases_millionths, s.value_minor
     FROM judged.score s WHERE s.alive_ppm IS NOT NULL`,
    [run],
  )
  await client.query(
    `DECLARE leaves NO SCROLL CURSOR FOR SELECT l.shop, encode(l.member, 'hex') AS member, l.tier, l.alive_ppm,
       l.purchases_millionths, l.value_minor FROM judged.leaf l`,
  )
  const leaves = new Leaves()
  for (;;) {
    const { rows } = await client.query<LeafRow>(`FETCH ${rowsAtOnce} FROM leaves`)
    if (rows.length === 0) break
    for (const row of rows) leaves.add(scoreLeaf(committed(row)))
  }
  await client.query('CLOSE leaves')
  const tree = leafTree(leaves)
  await client.query('DELETE FROM judged.tree')
  if (tree === undefined) return undefined
  await writeTree(client, run, tree.nodes)
  return Buffer.from(tree.root.slice(2), 'hex')
}

/** Nodes a row, and rows at once. */
const chunkBytes = 256 * 32
const chunksAtOnce = 500

/** Keeps the hashes of the tree, so that whoever is in it can show so, also when leaves beside theirs are gone. */
async function writeTree(client: pg.ClientBase, run: string, nodes: Uint8Array): Promise<void> {
  const chunks = Math.ceil(nodes.length / chunkBytes)
  for (let from = 0; from < chunks; from += chunksAtOnce) {
    const numbers = Array.from({ length: Math.min(chunksAtOnce, chunks - from) }, (_, index) => from + index)
    await client.query(
      `INSERT INTO judged.tree (shop, chunk, run, size, nodes)
       SELECT 0, c.chunk, $1, $2, c.nodes FROM unnest($3::int[], $4::bytea[]) AS c(chunk, nodes)`,
      [
        ...[run, nodes.length / 32, numbers],
        numbers.map((chunk) => Buffer.from(nodes.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes))),
      ],
    )
  }
}

const committed = (row: LeafRow): CommittedScore => ({
  shop: row.shop,
  member: `0x${row.member}`,
  tier: row.tier,
  badges: 0n,
  alivePpm: row.alive_ppm,
  purchasesMillionths: BigInt(row.purchases_millionths),
  valueMinor: BigInt(row.value_minor),
})

/**
 * The wish that the run be committed, beside what was scored and in the same transaction: one without the other is
 * none.
 */
export async function askForCommitment(client: pg.ClientBase, asked: Commitment): Promise<void> {
  const hex = (bytes: Buffer) => `0x${bytes.toString('hex')}`
  const { run, block, model } = asked
  const payload = {
    ...{ block, model },
    blockHash: hex(asked.blockHash),
    inputsHash: hex(asked.inputsHash),
    root: hex(asked.root),
  }
  await client.query(
    `INSERT INTO portal.intent (shop, key, kind, points, content_hash, payload, state, attempts, created_at)
     VALUES (0, $1, 'score', 0, $2, $3, 'open', 0, clock_timestamp())`,
    [`score:${run}`, asked.root, JSON.stringify(payload)],
  )
}
