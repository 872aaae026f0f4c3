import type pg from 'pg'
import { type BoardPolicy, foundingPolicy, policyHash, readBoardPolicy } from '#indexer/scoring/board-policy.ts'

/**
 * What the board allows on a day: the last version that holds by then, else what the founders agreed on. A row that is
 * not the text that was decided is no decision; scoring stops over it rather than act by somebody else's bounds.
 */
export async function policyOn(client: pg.ClientBase, day: number): Promise<BoardPolicy> {
  const { rows } = await client.query<{ version: number; document: string; hash: Buffer }>(
    `SELECT b.version, b.document, b.hash FROM portal.board_policy b WHERE b.shop = 0 AND b.from_day <= $1
     ORDER BY b.version DESC LIMIT 1`,
    [day],
  )
  const [row] = rows
  if (row === undefined) return foundingPolicy
  const policy = readBoardPolicy(row.document)
  const decided = policyHash(row.document) === `0x${row.hash.toString('hex')}`
  if (typeof policy === 'string' || policy.version !== row.version || !decided) {
    throw new Error(`version ${row.version} of the board's policy is not what was decided`)
  }
  return policy
}
