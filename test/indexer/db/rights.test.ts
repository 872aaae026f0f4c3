import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPool } from '#indexer/db/client.ts'
import { databaseIn } from '#indexer/db/connection.ts'
import { runtimeRoles } from '#indexer/db/roles.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'

const permissionDenied = '42501'
const writes = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const
const ours = `('ledger', 'judged', 'portal')`

interface Table {
  readonly schema: string
  readonly table: string
  readonly column: string
}

type Role = keyof typeof runtimeRoles

let database: TestDatabase
let owner: pg.Pool
let clients: Readonly<Record<Role, pg.Client>>
let tables: readonly Table[]

beforeAll(async () => {
  database = await testDatabase()
  owner = openPool(database.urls.owner)
  const signedIn = async (url: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return client
  }
  clients = { indexer: await signedIn(database.urls.indexer), web: await signedIn(database.urls.web) }
  const { rows } = await owner.query<Table>(
    `SELECT n.nspname AS schema, c.relname AS table, a.attname AS column
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname IN ${ours}
       AND a.attnum = (SELECT min(f.attnum) FROM pg_attribute f
         WHERE f.attrelid = c.oid AND f.attnum > 0 AND NOT f.attisdropped)
     ORDER BY 1, 2`,
  )
  tables = rows
})

afterAll(async () => {
  await owner?.end()
  for (const client of Object.values(clients ?? {})) await client.end()
  await database?.drop()
})

/** The code PostgreSQL refuses with, null where it does as it is told. Nothing is kept. */
async function answerTo(role: Role, sql: string): Promise<string | null> {
  const client = clients[role]
  await client.query('BEGIN')
  try {
    await client.query(sql)
    return null
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('ROLLBACK')
  }
}

const attempts = ({ schema, table, column }: Table): Readonly<Record<string, string>> => ({
  SELECT: `SELECT ${column} FROM ${schema}.${table} LIMIT 1`,
  INSERT: `INSERT INTO ${schema}.${table} DEFAULT VALUES`,
  UPDATE: `UPDATE ${schema}.${table} SET ${column} = ${column}`,
  DELETE: `DELETE FROM ${schema}.${table}`,
  TRUNCATE: `TRUNCATE ${schema}.${table} CASCADE`,
})

/** What a role may do with a table, as tried: whatever is not refused for want of a right. */
async function allowed(role: Role, table: Table): Promise<string[]> {
  const done: string[] = []
  for (const [act, sql] of Object.entries(attempts(table))) {
    if ((await answerTo(role, sql)) !== permissionDenied) done.push(act)
  }
  return done
}

/** What scoring must know of the portal. */
const readByScoring = ['consent', 'reward', 'goal', 'survey_answer', 'board_policy']

/** What it may do by the house's rules. A table that nobody thought of has the rights of its schema. */
function ruled(role: Role, { schema, table }: Table): readonly string[] {
  // What the board decided is written by the owner of the database, who asks the chain first.
  if (table === 'board_policy') return ['SELECT']
  if (role === 'web') return schema === 'portal' ? ['SELECT', ...writes.slice(0, 3)] : ['SELECT']
  // What a past run was made from is added to, and never changed.
  if (table === 'kept_run') return ['SELECT', 'INSERT']
  if (schema !== 'portal') return ['SELECT', ...writes]
  if (readByScoring.includes(table)) return ['SELECT']
  return table === 'intent' ? ['INSERT'] : []
}

describe.each(['indexer', 'web'] as const)('the role of the %s', (role) => {
  test('may do with each table what the house allows, and is refused all else', async () => {
    expect(tables.length).toBeGreaterThan(30)
    for (const table of tables) {
      // TRUNCATE of blocks reaches their journals, which have the same rights.
      expect([table.schema, table.table, await allowed(role, table)]).toEqual([
        table.schema,
        table.table,
        ruled(role, table),
      ])
    }
  })

  test('has no right on a table or a column beside those, by any grant', async () => {
    const { rows } = await owner.query<{ schema: string; table: string; act: string }>(
      `SELECT table_schema AS schema, table_name AS table, privilege_type AS act
       FROM information_schema.role_table_grants WHERE grantee IN ($1, 'PUBLIC') AND table_schema IN ${ours}
       UNION SELECT table_schema, table_name, privilege_type
       FROM information_schema.role_column_grants WHERE grantee IN ($1, 'PUBLIC') AND table_schema IN ${ours}`,
      [runtimeRoles[role]],
    )
    const beyond = rows.filter((row) => !ruled(role, { ...row, column: '' }).includes(row.act))
    expect(beyond).toEqual([])
  })

  test('can change no shape: not of a table, an index, a schema, nor make any of its own', async () => {
    for (const { schema, table, column } of tables) {
      const shapes = [
        `DROP TABLE ${schema}.${table} CASCADE`,
        `ALTER TABLE ${schema}.${table} ADD COLUMN of_my_own integer`,
        `ALTER TABLE ${schema}.${table} DISABLE TRIGGER ALL`,
        `CREATE INDEX ON ${schema}.${table} (${column})`,
        `CREATE TRIGGER mine BEFORE INSERT ON ${schema}.${table} EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
        `GRANT SELECT ON ${schema}.${table} TO PUBLIC`,
      ]
      for (const sql of shapes) expect([sql, await refusedOrIdle(role, sql)]).toEqual([sql, true])
    }
    for (const schema of ['ledger', 'judged', 'portal', 'public']) {
      expect(await answerTo(role, `CREATE TABLE ${schema}.of_my_own (id integer)`)).toBe(permissionDenied)
      expect(await answerTo(role, `CREATE FUNCTION ${schema}.of_my_own() RETURNS integer RETURN 1`)).toBe(
        permissionDenied,
      )
      expect(await answerTo(role, `DROP SCHEMA ${schema} CASCADE`)).toBe(permissionDenied)
      expect(await answerTo(role, `ALTER SCHEMA ${schema} RENAME TO mine`)).toBe(permissionDenied)
    }
    expect(await answerTo(role, 'CREATE SCHEMA mine')).toBe(permissionDenied)
  })

  test('has none of the owner’s rights, and cannot take them', async () => {
    const { rows } = await owner.query(
      `SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
         (SELECT count(*)::int FROM pg_auth_members m WHERE m.member = r.oid) AS memberships,
         (SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = $1`,
      [runtimeRoles[role]],
    )
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolreplication: false,
        rolbypassrls: false,
        memberships: 0,
        owned: 0,
      },
    ])
    const [me] = (await owner.query<{ name: string }>('SELECT current_user AS name')).rows
    const name = pg.escapeIdentifier(databaseIn(new URL(database.urls.owner)))
    for (const sql of [
      `SET ROLE ${pg.escapeIdentifier(me?.name ?? '')}`,
      `CREATE ROLE of_my_own`,
      `ALTER DATABASE ${name} SET work_mem = '1GB'`,
      `SELECT * FROM public._prisma_migrations`,
      `UPDATE public._prisma_migrations SET checksum = ''`,
      `COPY (SELECT 1) TO PROGRAM 'true'`,
    ]) {
      expect([sql, await answerTo(role, sql)]).toEqual([sql, permissionDenied])
    }
  })
})

/** Refused; or, as a GRANT by one who may not, done without any effect. */
async function refusedOrIdle(role: Role, sql: string): Promise<boolean> {
  const answer = await answerTo(role, sql)
  return answer === permissionDenied || (sql.startsWith('GRANT') && answer === null && (await nothingGranted()))
}

async function nothingGranted(): Promise<boolean> {
  const { rows } = await owner.query(
    `SELECT 1 FROM information_schema.role_table_grants WHERE grantee = 'PUBLIC' AND table_schema IN ${ours}`,
  )
  return rows.length === 0
}

test('the indexer reads what scoring must know, and neither names nor anything else of the portal', async () => {
  for (const table of readByScoring) expect(await answerTo('indexer', `SELECT * FROM portal.${table}`)).toBeNull()
  const others = tables.filter(({ schema, table }) => schema === 'portal' && !readByScoring.includes(table))
  for (const { table } of others) {
    expect([table, await answerTo('indexer', `SELECT * FROM portal.${table}`)]).toEqual([table, permissionDenied])
  }
})

test('a function of ours runs with the rights of who calls it, never with the owner’s', async () => {
  const { rows } = await owner.query(
    `SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname IN ${ours} AND p.prosecdef`,
  )
  expect(rows).toEqual([])
})
