import pg from 'pg'
import { followToHead, ledgerContents, networkOf, openLedger } from './mirror.ts'
import type { TestNetwork } from './network.ts'
import { testDatabase } from './postgres.ts'

export type Contents = Record<string, unknown[]>

/** What books look like that never saw a fork, with what they would need for the next one. */
export async function freshBooks(network: TestNetwork): Promise<Contents> {
  const fresh = await testDatabase()
  const filled = await openLedger(fresh.urls.indexer, networkOf(network))
  await followToHead(network, filled)
  await filled.close()
  const books = await wholeBooks(fresh.urls.indexer)
  await fresh.drop()
  return books
}

/** The ledger table by table, the images for the next fork among them. */
export async function wholeBooks(url: string): Promise<Contents> {
  const contents = await ledgerContents(url)
  const images = await ask(url, 'SELECT to_jsonb(i) AS row FROM ledger.before_image i ORDER BY block_number, fold, key')
  return { ...contents, before_image: images.map((image) => image['row']) }
}

/** Final never falls while books go back, so fresh ones of a chain that grew shorter may be more careful. */
function withoutFinal(contents: Contents): Contents {
  const checkpoint = contents['checkpoint']?.map((row) => ({ ...(row as object), final_block: undefined }))
  return { ...contents, checkpoint: checkpoint ?? [] }
}

/**
 * Books without what may differ though both are right: how final a chain is that grew shorter, and images of blocks
 * that lay too deep while it was longer.
 */
export function comparable(books: Contents, others: Contents): Contents {
  const since = Math.max(oldestImage(books), oldestImage(others))
  const images = (books['before_image'] as Image[]).filter((image) => image.block_number >= since)
  return { ...withoutFinal(books), block: (books['block'] ?? []).map(withoutEvidence), before_image: images }
}

/** What a block is believed by depends on what the node could give, and is no part of what happened. */
function withoutEvidence(block: unknown): unknown {
  const { evidence: _, ...said } = block as { readonly evidence?: unknown }
  return said
}

interface Image {
  readonly block_number: number
}

const oldestImage = (books: Contents): number => (books['before_image'] as Image[])[0]?.block_number ?? 0

/** One question over a connection of its own. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
