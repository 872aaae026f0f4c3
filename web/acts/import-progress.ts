import 'server-only'
import { z } from 'zod'
import { MOST_ENTRIES } from '#contracts/terms.ts'
import { type ImportEntry, importStanding, nextRows } from '#web/queries/import-books.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { sentenceFor } from './sentences.ts'
import { read } from './wire.ts'

/** A file by the hash of its content. */
const fileName = z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be the 64 digits the file was taken in under' })

/** The next rows that the import key has to sign; none where all are in. */
export async function nextOfImport(
  shop: number,
  named: unknown,
): Promise<{ readonly shop: number; readonly till: number; readonly entries: readonly ImportEntry[] } | Refusal> {
  const file = read(fileName, named)
  if (typeof file !== 'string') return isRefusal(file) ? file : refuse('malformed')
  const next = await nextRows(shop, Buffer.from(file, 'hex'), MOST_ENTRIES)
  return next === null ? refuse('unknownImport', { file }) : { shop, ...next }
}

/** How far an import has come. */
export async function importProgress(shop: number, named: unknown): Promise<object> {
  const file = read(fileName, named)
  if (typeof file !== 'string') return isRefusal(file) ? file : refuse('malformed')
  const standing = await importStanding(shop, Buffer.from(file, 'hex'))
  if (standing === null) return refuse('unknownImport', { file })
  const refused = standing.refused.map((one) => ({ ...one, sentence: sentenceFor(one.code) }))
  return { file, ...standing, refused }
}
