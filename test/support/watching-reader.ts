import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** The books as a reader saw them at one moment. */
export interface Seen {
  /** The mirror's newest block; undefined where nothing is mirrored. */
  readonly block: number | undefined
  readonly hash: string
  /** Of every row of every table, without what depends on when it was written. */
  readonly digest: string
}

/** What a reader has seen in all its readings. */
export interface Watched {
  readonly readings: number
  /** How often the database did not answer. */
  readonly outages: number
  /** What no reader may ever see, in words; empty where all is well. */
  readonly mixed: readonly string[]
  /** Each different state, by the hash of its newest block. */
  readonly states: ReadonlyMap<string, Seen>
}

export interface WatchingReader {
  readonly watched: Watched
  /** A state that was held against the chain need not be remembered. */
  forget(hash: string): void
  end(): Promise<Watched>
}

// Whose books they are, who writes, what happened to them, and which proof a node gave: not what the chain says.
const notOfTheChain = new Set(['before_image', 'chain', 'checkpoint', 'leader', 'reorg', 'self_check', 'block'])

const lanes = 'lane0 + lane1 + lane2 + lane3 + lane4'

/** Whatever must hold among the tables at any one moment, counted where it does not. */
const promises = {
  'the newest block is not the checkpoint’s': `(SELECT count(*) FROM ledger.checkpoint c WHERE c.hash IS DISTINCT FROM
    (SELECT hash FROM ledger.block ORDER BY number DESC LIMIT 1))`,
  'there are blocks without a checkpoint': `(SELECT count(*) FROM ledger.block
    WHERE NOT EXISTS (SELECT FROM ledger.checkpoint))`,
  'a block is missing': '(SELECT coalesce(max(number) - min(number) + 1 - count(*), 0) FROM ledger.block)',
  'a block does not name the one before': `(SELECT count(*) FROM ledger.block b JOIN ledger.block p
    ON p.number = b.number - 1 WHERE p.hash <> b.parent_hash)`,
  'a block is final that is not there': `(SELECT count(*) FROM ledger.checkpoint WHERE final_block > block)`,
  'a statement does not add up to the balance': `(SELECT count(*) FROM
    (SELECT member, shop, sum(points) AS moved FROM ledger.movement GROUP BY member, shop) m
    FULL JOIN (SELECT member, shop, ${lanes} AS held FROM ledger.balance) b USING (member, shop)
    WHERE coalesce(moved, 0) <> coalesce(held, 0))`,
  'a position is not the sum of its moves': `(SELECT count(*) FROM ledger.position p WHERE p.net <>
    coalesce((SELECT sum(CASE WHEN m.creditor = p.shop THEN m.value ELSE -m.value END) FROM ledger.net_move m
      WHERE p.shop IN (m.debtor, m.creditor)), 0)
    - coalesce((SELECT sum((e.args->>'reserveChange')::numeric) FROM ledger.event e
      WHERE e.name = 'Settled' AND e.args->>'shop' = p.shop::text), 0))`,
} as const

/** One question, answered as of one moment. */
export async function seeBooks(client: pg.Client): Promise<Seen & { readonly broken: readonly string[] }> {
  const tables = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'ledger' ORDER BY table_name`,
  )
  const digests = tables.rows
    .filter(({ name }) => !notOfTheChain.has(name))
    .map(({ name }) => `(SELECT md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) FROM ledger.${name} t)`)
  const block = `concat_ws(' ', number, hash, parent_hash, extract(epoch FROM time))`
  const blocks = `(SELECT md5(coalesce(string_agg(${block}, ' ' ORDER BY number), '')) FROM ledger.block)`
  const names = Object.keys(promises)
  const counts = Object.values(promises).map((count, index) => `${count}::int AS broken${index}`)
  const { rows } = await client.query<Record<string, number> & { block: string | null; hash: string; digest: string }>(
    `SELECT c.block, coalesce(encode(c.hash, 'hex'), 'nothing') AS hash, ${counts.join(', ')},
       md5(${[blocks, ...digests].join(' || ')}) AS digest
     FROM (VALUES (1)) one LEFT JOIN ledger.checkpoint c ON c.name = 'ledger'`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the database gave no row')
  const broken = names.filter((_, index) => row[`broken${index}`] !== 0)
  return { block: row.block === null ? undefined : Number(row.block), hash: row.hash, digest: row.digest, broken }
}

/** Reads again and again until told to end, whatever happens to the database meanwhile. */
export function startReader(url: string, everyMs = 5): WatchingReader {
  const states = new Map<string, Seen>()
  const mixed: string[] = []
  const watched = { readings: 0, outages: 0, mixed, states }
  const over = new AbortController()
  const note = ({ broken, ...seen }: Awaited<ReturnType<typeof seeBooks>>) => {
    watched.readings += 1
    const told = broken.map((what) => `at block ${seen.block} (${seen.hash}): ${what}`)
    // What stays wrong is read again and again, and told once.
    mixed.push(...told.filter((sentence) => !mixed.includes(sentence)))
    const before = states.get(seen.hash)
    if (before === undefined) states.set(seen.hash, seen)
    else if (before.digest !== seen.digest) {
      mixed.push(`at block ${seen.block} (${seen.hash}) the books were ${before.digest}, then ${seen.digest}`)
      states.set(seen.hash, seen)
    }
  }
  const reading = (async () => {
    while (!over.signal.aborted) {
      const client = new pg.Client({ connectionString: url, query_timeout: 20_000 })
      client.on('error', () => undefined)
      try {
        await client.connect()
        while (!over.signal.aborted) {
          note(await seeBooks(client))
          await sleep(everyMs)
        }
      } catch (error) {
        if (error instanceof Error && 'code' in error && String(error.code).startsWith('42')) throw error
        watched.outages += 1
        await sleep(20)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  })()
  // What ends it is met where its end is awaited.
  reading.catch(() => undefined)
  return {
    watched,
    forget: (hash) => states.delete(hash),
    async end() {
      over.abort()
      await reading
      return watched
    },
  }
}
