import 'server-only'
import { type Ask, addressSql, ask as askPool, type Question } from './database.ts'
import { mirroredBlockSql } from './intent-state.ts'
import type { Address } from './network.ts'

const sum: Question = {
  name: 'points under an import key',
  text: `SELECT coalesce(sum(points), 0)::bigint AS points FROM (
      SELECT i.sequence, i.points FROM portal.intent i
        WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'purchase' AND i.state <> 'refused'
      UNION SELECT p.sequence, p.points FROM ledger.purchase p WHERE p.shop = $1 AND p.till = $2) all_of_it`,
}

/** Hundredths of a point that this key has given, or is about to give. */
export async function sumOfWishes(shop: number, till: number, ask: Ask = askPool): Promise<bigint> {
  const [row] = await ask<{ points: bigint }>(sum, [shop, till])
  return row?.points ?? 0n
}

/** A sale to be signed by the import key. */
export interface ImportEntry {
  readonly sequence: bigint
  readonly member: Address
  readonly points: bigint
  readonly spend: bigint
  readonly soldAt: number
}

interface File {
  readonly name: string
  readonly till: number
  readonly rows: number
  readonly startedAt: Date
}

const fileQuestion: Question = {
  name: 'import file',
  text: `SELECT f.name, f.till, f.rows, f.started_at AS "startedAt" FROM portal.import_file f
    WHERE f.shop = $1 AND f.file_hash = $2`,
}

async function fileOf(shop: number, hash: Buffer, ask: Ask): Promise<File | null> {
  const [file] = await ask<File>(fileQuestion, [shop, hash])
  return file ?? null
}

// Numbers without a gap, since one signature covers a list of them: from the lowest that is not in, as far as they
// follow one another.
const nextQuestion: Question = {
  name: 'next rows of an import',
  text: `WITH open AS (
      SELECT r.sequence, r.member, r.points, r.spend, r.sold_at,
        r.sequence - row_number() OVER (ORDER BY r.sequence) AS run
      FROM portal.import_row r WHERE r.shop = $1 AND r.file_hash = $2
        AND NOT EXISTS (SELECT FROM portal.intent i WHERE i.shop = r.shop AND i.till = $3
          AND i.kind = 'purchase' AND i.sequence = r.sequence))
    SELECT o.sequence, ${addressSql('o.member')} AS member, o.points, o.spend,
      extract(epoch FROM o.sold_at)::int AS "soldAt"
    FROM open o WHERE o.run = (SELECT run FROM open ORDER BY sequence LIMIT 1) ORDER BY o.sequence LIMIT $4`,
}

/** The next rows of a file that is being brought in, at most so many; null where nobody knows the file. */
export async function nextRows(
  shop: number,
  hash: Buffer,
  most: number,
  ask: Ask = askPool,
): Promise<{ readonly till: number; readonly entries: readonly ImportEntry[] } | null> {
  const file = await fileOf(shop, hash, ask)
  if (file === null) return null
  return { till: file.till, entries: await ask<ImportEntry>(nextQuestion, [shop, hash, file.till, most]) }
}

export interface ImportStanding extends File {
  /** Rows that are in. */
  readonly taken: number
  /** Of these, in a block that counts. */
  readonly final: number
  readonly refusedRows: number
  /** The first of the refused, by receipt. */
  readonly refused: readonly { readonly row: number; readonly sequence: bigint; readonly code: string }[]
}

const progressQuestion: Question = {
  name: 'progress of an import',
  text: `SELECT $3::int - count(*)::int AS taken FROM portal.import_row r WHERE r.shop = $1 AND r.file_hash = $2
    AND NOT EXISTS (SELECT FROM portal.intent i WHERE i.shop = r.shop AND i.till = $4
      AND i.kind = 'purchase' AND i.sequence = r.sequence)`,
}

// A row of the file beside what became of it under the file's key.
const withFate = `portal.import_row r JOIN portal.intent i
    ON i.shop = r.shop AND i.till = $3 AND i.kind = 'purchase' AND i.sequence = r.sequence`

const fateQuestion: Question = {
  name: 'fate of an import',
  text: `SELECT count(*) FILTER (WHERE ${mirroredBlockSql('i')} <= c.final)::int AS final,
      count(*) FILTER (WHERE i.state = 'refused')::int AS "refusedRows"
    FROM (SELECT coalesce(max(final_block), -1) AS final FROM ledger.checkpoint) c, ${withFate}
    WHERE r.shop = $1 AND r.file_hash = $2`,
}

const refusedQuestion: Question = {
  name: 'refused rows of an import',
  text: `SELECT r.row, i.sequence, i.refused AS code FROM ${withFate}
    WHERE r.shop = $1 AND r.file_hash = $2 AND i.state = 'refused' ORDER BY r.row LIMIT 1000`,
}

/** How far a file has come; null where nobody knows it. */
export async function importStanding(shop: number, hash: Buffer, ask: Ask = askPool): Promise<ImportStanding | null> {
  const file = await fileOf(shop, hash, ask)
  if (file === null) return null
  const [progress] = await ask<{ taken: number }>(progressQuestion, [shop, hash, file.rows, file.till])
  const [fate] = await ask<{ final: number; refusedRows: number }>(fateQuestion, [shop, hash, file.till])
  const refused = await ask<ImportStanding['refused'][number]>(refusedQuestion, [shop, hash, file.till])
  return {
    ...file,
    taken: progress?.taken ?? 0,
    final: fate?.final ?? 0,
    refusedRows: fate?.refusedRows ?? 0,
    refused,
  }
}
