import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPool, openPrisma } from '#indexer/db/client.ts'
import { connect, type DatabaseUrls, urlAs, urlTo } from '#indexer/db/connection.ts'
import { removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import { migrate } from '#indexer/db/migrate.ts'
import { testDatabase, testServer } from '../../support/postgres.ts'

let server: DatabaseUrls
let folder: string
let made = 0

beforeAll(async () => {
  server = await testServer()
  folder = mkdtempSync(join(tmpdir(), 'highstreet-migrations-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

let urls: DatabaseUrls
let directory: string

beforeEach(() => {
  made += 1
  const name = `migrate_${process.pid}_${made}`
  urls = { owner: urlTo(server.owner, name), indexer: urlTo(server.indexer, name), web: urlTo(server.web, name) }
  directory = join(folder, name)
  mkdirSync(directory)
})

function write(name: string, sql: string): void {
  mkdirSync(join(directory, name), { recursive: true })
  writeFileSync(join(directory, name, 'migration.sql'), sql)
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const pool = openPool(url)
  try {
    return (await pool.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await pool.end()
  }
}

describe('bringing a database up to date', () => {
  test('makes a missing database, applies each migration once and in order', async () => {
    write('0002_second', 'INSERT INTO shop VALUES (2)')
    write('0001_first', 'CREATE TABLE shop (id int); INSERT INTO shop VALUES (1)')
    expect(await migrate({ urls, directory })).toEqual(['0001_first', '0002_second'])
    expect(await migrate({ urls, directory })).toEqual([])
    write('0003_third', 'INSERT INTO shop VALUES (3)')
    expect(await migrate({ urls, directory })).toEqual(['0003_third'])
    expect(await ask(urls.owner, 'SELECT id FROM shop ORDER BY id')).toEqual([1, 2, 3])
  })

  test('two programs that begin at once apply each migration once', async () => {
    write('0001_first', 'CREATE TABLE shop (id int); SELECT pg_sleep(0.2)')
    const applied = await Promise.all([migrate({ urls, directory }), migrate({ urls, directory })])
    expect(applied.flat()).toEqual(['0001_first'])
  })

  test('refuses a history that was rewritten after it happened', async () => {
    write('0001_first', 'CREATE TABLE shop (id int)')
    await migrate({ urls, directory })
    write('0001_first', 'CREATE TABLE shop (id bigint)')
    await expect(migrate({ urls, directory })).rejects.toThrow('0001_first was edited after it was applied')
  })

  test('refuses a database that is newer than the checkout', async () => {
    write('0001_first', 'CREATE TABLE shop (id int)')
    await migrate({ urls, directory })
    rmSync(join(directory, '0001_first'), { recursive: true })
    await expect(migrate({ urls, directory })).rejects.toThrow('the database is newer. Update the checkout')
  })

  test('a migration that fails leaves nothing behind, names its line, and may be corrected', async () => {
    write('0001_first', 'CREATE TABLE shop (id int);\nCREATE TABEL till (id int);')
    await expect(migrate({ urls, directory })).rejects.toThrow(/0001_first failed and was undone: .*TABEL.*\(line 2\)/)
    expect(await ask(urls.owner, "SELECT to_regclass('shop')")).toEqual([null])
    write('0001_first', 'CREATE TABLE shop (id int)')
    expect(await migrate({ urls, directory })).toEqual(['0001_first'])
  })
})

describe('a database that cannot be used is reported in a sentence', () => {
  const cases: { readonly what: string; readonly url: (owner: string) => string; readonly says: string }[] = [
    { what: 'no address', url: () => 'localhost', says: 'DATABASE_URL is not an address. It should look like' },
    { what: 'another kind', url: () => 'mysql://a@b/c', says: 'DATABASE_URL begins with "mysql://"' },
    { what: 'no database', url: () => 'postgresql://a@localhost', says: 'DATABASE_URL names no database' },
    {
      what: 'wrong host',
      url: () => 'postgresql://a:b@nowhere.invalid:5432/street',
      says: 'There is no host called "nowhere.invalid"',
    },
    {
      what: 'wrong port',
      url: () => 'postgresql://a:b@127.0.0.1:1/street',
      says: 'Nothing answers at 127.0.0.1:1, where DATABASE_URL points',
    },
    {
      what: 'wrong password',
      url: (owner) => urlAs(owner, { name: 'postgres', password: 'hunter2' }),
      says: 'does not let "postgres" in. Check the user and password in DATABASE_URL',
    },
  ]
  test.each(cases)('$what', async ({ url, says }) => {
    const failure = migrate({ urls: { ...urls, owner: url(urls.owner) }, directory })
    await expect(failure).rejects.toThrow(says)
    await expect(failure).rejects.not.toThrow('hunter2')
  })

  test('a mistyped password of a runtime role is found, and the role keeps the right one', async () => {
    await migrate({ urls, directory })
    const mistyped = { ...urls, web: urlAs(urls.web, { name: 'highstreet_web', password: 'mistyped' }) }
    await expect(migrate({ urls: mistyped, directory })).rejects.toThrow(
      /role "highstreet_web" already, with another password than was tried: give the right one in WEB_DATABASE_URL/,
    )
    expect(await ask(urls.web, 'SELECT 1')).toEqual([1])
  })

  test('an address under a name that gets no rights is refused', async () => {
    const other = { ...urls, indexer: urlAs(urls.indexer, { name: 'somebody', password: 'x' }) }
    await expect(migrate({ urls: other, directory })).rejects.toThrow('INDEXER_DATABASE_URL signs in as "somebody"')
  })

  test('an owner who may make neither database nor role is told what to give instead', async () => {
    // A server of its own, where nobody has made the roles yet: the run's other tests sign in as them all the time.
    const home = join(folder, 'server_without_roles')
    const bare = await startEmbedded({ directory: home, database: 'postgres', volatile: true })
    const admin = await connect(bare.urls.owner, 'the bare server')
    const ownerUrl = urlAs(urlTo(bare.urls.owner, 'owned'), { name: 'small_owner', password: 'small' })
    const limited = { owner: ownerUrl, indexer: urlTo(bare.urls.indexer, 'owned'), web: urlTo(bare.urls.web, 'owned') }
    try {
      await admin.query(`CREATE ROLE small_owner LOGIN PASSWORD 'small'; CREATE ROLE highstreet_indexer`)
      await expect(migrate({ urls: limited, directory })).rejects.toThrow(`"small_owner" may not create it`)
      await admin.query('CREATE DATABASE owned OWNER small_owner')
      const refused = 'There is no role "highstreet_web"'
      await expect(migrate({ urls: limited, directory })).rejects.toThrow(refused)
      await expect(migrate({ urls: limited, directory })).rejects.toThrow('give its address in WEB_DATABASE_URL')
      const alone = { owner: ownerUrl, indexer: ownerUrl, web: ownerUrl }
      expect(await migrate({ urls: alone, directory })).toEqual([])
    } finally {
      await admin.end()
      await bare.stop()
      await removeEmbedded(home)
    }
  })
})

describe('the street’s own migrations', () => {
  test('open for the owner and for both roles, each under its own name', async () => {
    const database = await testDatabase()
    expect(await ask(database.urls.indexer, 'SELECT current_user::text')).toEqual(['highstreet_indexer'])
    expect(await ask(database.urls.web, 'SELECT current_user::text')).toEqual(['highstreet_web'])
    expect(await migrate({ urls: database.urls })).toEqual([])
    await database.drop()
  })

  test('every test file gets a street nobody else has written in', async () => {
    const [one, other] = await Promise.all([testDatabase(), testDatabase()])
    await ask(one.urls.owner, 'CREATE TABLE public.mark (id int)')
    expect(await ask(other.urls.owner, "SELECT to_regclass('public.mark')")).toEqual([null])
  })

  test('the web may not write what mirrors the chain', async () => {
    const { urls: street } = await testDatabase()
    await expect(ask(street.web, 'DELETE FROM ledger.block')).rejects.toThrow('permission denied')
  })

  test('Prisma reads them as the schema says', async () => {
    const { urls: street } = await testDatabase()
    const prisma = openPrisma(street.web)
    expect(await prisma.block.count()).toBe(0)
    await prisma.$disconnect()
  })
})

test('whole numbers come back as bigint, exactly, and fractions as text', async () => {
  const most = 2n ** 256n - 1n
  const row = await ask(server.owner, `SELECT 9007199254740993::bigint, ${most}::numeric(78,0), 1.5::numeric`)
  expect(row).toEqual([9007199254740993n, most, '1.5'])
})
