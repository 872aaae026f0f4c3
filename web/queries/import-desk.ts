import 'server-only'
import { type Ask, addressSql, atOneMoment, type Question } from './database.ts'
import { type ImportStanding, importStanding, sumOfWishes } from './import-books.ts'
import type { Address } from './network.ts'

/** An import key that the board has approved. */
export interface ImportKey {
  readonly till: number
  readonly key: Address
  /** What it may ever give, and what is left of that, in hundredths. */
  readonly budget: bigint
  readonly left: bigint
}

/** What the shop has asked the board for, and the board has not decided. */
export interface AskedImport {
  readonly key: Address
  readonly budget: bigint
  readonly at: Date
}

/** What an owner sees of past sales. */
export interface ImportDesk {
  /** The newest first; none that was switched off. */
  readonly keys: readonly ImportKey[]
  readonly asked: AskedImport | null
  /** The newest first, each by the 64 digits it goes on under. */
  readonly files: readonly (ImportStanding & { readonly file: string })[]
}

const importKind = 3

const keysQuestion: Question = {
  name: 'import keys of a shop',
  text: `SELECT t.till, ${addressSql('t.key')} AS key, t.budget FROM ledger.till t
    WHERE t.shop = $1 AND t.kind = ${importKind} AND NOT t.revoked ORDER BY t.till DESC`,
}

// Who asks again says something else; an approval ends the question.
const askedQuestion: Question = {
  name: 'import asked of the board',
  text: `SELECT lower(e.args->>'key') AS key, (e.args->>'budget')::bigint AS budget, b.time AS at
    FROM ledger.event e JOIN ledger.block b ON b.number = e.block_number
    WHERE e.name = 'ImportAsked' AND (e.args->>'shop')::bigint = $1
      AND NOT EXISTS (SELECT FROM ledger.till t
        WHERE t.shop = $1 AND t.kind = ${importKind} AND ${addressSql('t.key')} = lower(e.args->>'key'))
    ORDER BY e.block_number DESC, e.log_index DESC LIMIT 1`,
}

const mostFiles = 12

const filesQuestion: Question = {
  name: 'imported files of a shop',
  text: `SELECT encode(f.file_hash, 'hex') AS file FROM portal.import_file f WHERE f.shop = $1
      AND EXISTS (SELECT FROM portal.import_row r WHERE r.shop = f.shop AND r.file_hash = f.file_hash)
    ORDER BY f.started_at DESC LIMIT ${mostFiles}`,
}

export async function importDesk(shop: number): Promise<ImportDesk> {
  return await atOneMoment(async (ask) => {
    const keys = await ask<Omit<ImportKey, 'left'>>(keysQuestion, [shop])
    const [asked] = await ask<AskedImport>(askedQuestion, [shop])
    return { keys: await withRest(shop, keys, ask), asked: asked ?? null, files: await filesOf(shop, ask) }
  })
}

async function withRest(shop: number, keys: readonly Omit<ImportKey, 'left'>[], ask: Ask): Promise<ImportKey[]> {
  const rested: ImportKey[] = []
  for (const key of keys) {
    const spent = await sumOfWishes(shop, key.till, ask)
    rested.push({ ...key, left: key.budget > spent ? key.budget - spent : 0n })
  }
  return rested
}

async function filesOf(shop: number, ask: Ask): Promise<ImportDesk['files']> {
  const known = await ask<{ file: string }>(filesQuestion, [shop])
  const files: ImportDesk['files'][number][] = []
  for (const { file } of known) {
    const standing = await importStanding(shop, Buffer.from(file, 'hex'), ask)
    if (standing) files.push({ file, ...standing })
  }
  return files
}
