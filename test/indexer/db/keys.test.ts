import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool } from '#indexer/db/client.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'

/**
 * The columns that name a shop or a member, as the tables call them; a row lives with whom its key names first. An
 * account is whoever signs in: a member, the owner of a shop, or a till.
 */
const shopsAndMembers = ['shop', 'member', 'debtor', 'account'] as const

/**
 * Tables that belong to no shop and no member. Nothing but blocks, checkpoints and journals may stand here, and what is
 * given out before anybody is known.
 */
const ofNobody: Readonly<Record<string, string>> = {
  'ledger.block': 'is the chain’s blocks, in their order',
  'ledger.event': 'is the journal of the chain, in its order',
  'ledger.before_image': 'is the journal of what blocks changed; undo reads it by block',
  'ledger.self_check': 'is the journal of when the whole mirror was held against the chain',
  'ledger.reorg': 'is the journal of forks: blocks that were left',
  'ledger.checkpoint': 'is the checkpoint',
  'ledger.chain': 'is the checkpoint’s other half: one row that says on which chain it stands',
  'ledger.leader': 'is who may move the checkpoint: one row',
  'portal.challenge':
    'is numbers given to whoever wants to come in: nobody is known yet, and minutes later they are gone',
  'portal.key_request':
    'is passkeys of devices that nobody is signed in on: whose they are to be is not known before somebody signs',
  'portal.submission':
    'is the journal of signed transactions; a batch is of many shops, and the chain knows it by sender and number only',
}

let database: TestDatabase
let keys: readonly { readonly table: string; readonly key: string; readonly first: string | null }[]

beforeAll(async () => {
  database = await testDatabase()
  const pool = openPool(database.urls.owner)
  const { rows } = await pool.query<(typeof keys)[number]>(
    `SELECT n.nspname || '.' || c.relname AS table, k.relname AS key, a.attname AS first
     FROM pg_index i
       JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_class k ON k.oid = i.indexrelid
       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
     WHERE (i.indisprimary OR i.indisunique OR i.indisexclusion) AND n.nspname IN ('ledger', 'judged', 'portal')
     ORDER BY 1, 2`,
  )
  keys = rows
  await pool.end()
})
afterAll(() => database.drop())

test('every key begins with the shop or the member it is about, so that a distributed Postgres can hold it', () => {
  const others = keys.filter(({ table }) => !(table in ofNobody))
  expect(others.filter(({ first }) => !shopsAndMembers.some((name) => name === first))).toEqual([])
  expect(others.length).toBeGreaterThan(20)
})

test('what is excepted from that has no key of a shop or a member', () => {
  const excepted = keys.filter(({ table }) => table in ofNobody)
  expect(excepted.length).toBeGreaterThan(5)
  expect(excepted.filter(({ first }) => first === 'shop' || first === 'member')).toEqual([])
})

test('every table of the three schemas has a primary key', async () => {
  const pool = openPool(database.urls.owner)
  const { rows } = await pool.query(
    `SELECT schemaname, tablename FROM pg_tables t WHERE schemaname IN ('ledger', 'judged', 'portal') AND NOT EXISTS (
       SELECT FROM pg_index i
       WHERE i.indrelid = format('%I.%I', t.schemaname, t.tablename)::regclass AND i.indisprimary)`,
  )
  await pool.end()
  expect(rows).toEqual([])
})
