import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, urlTo } from '#indexer/db/connection.ts'
import { type EmbeddedPostgres, removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'

const asRoot = process.getuid?.() === 0
let folder: string
let running: EmbeddedPostgres[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highstreet-embedded-'))
  running = []
})

afterEach(async () => {
  for (const server of running) await server.stop()
  for (const home of [folder, join(folder, 'home')]) await removeEmbedded(home)
  rmSync(folder, { recursive: true, force: true })
})

async function start(directory = folder): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ directory, database: 'postgres', privateBase: tmpdir() })
  running.push(server)
  return server
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url, 'the test server')
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

describe('the embedded database', () => {
  test('keeps its rows, its port and its passwords from one start to the next', async () => {
    const first = await start()
    await ask(first.urls.owner, 'CREATE TABLE sale AS SELECT 500 AS points')
    await first.stop()
    const second = await start()
    expect(await ask(second.urls.owner, 'SELECT points FROM sale')).toEqual([500])
    expect(second.urls).toEqual(first.urls)
    expect(second.startedHere).toBe(true)
  })

  test('keeps every committed row when the server is killed outright', async () => {
    const first = await start()
    await ask(first.urls.owner, 'CREATE TABLE sale AS SELECT 500 AS points')
    process.kill(first.pid, 'SIGKILL')
    const second = await start()
    expect(second.pid).not.toBe(first.pid)
    expect(await ask(second.urls.owner, 'SELECT points FROM sale')).toEqual([500])
  })

  test('is shared by two starts, and only the one that started it stops it', async () => {
    const first = await start()
    const second = await start()
    expect(second).toMatchObject({ port: first.port, pid: first.pid, startedHere: false })
    await second.stop()
    expect(await ask(first.urls.owner, 'SELECT 1')).toEqual([1])
  })

  test('two starts at the same moment on an empty folder end with one server', async () => {
    const [first, second] = await Promise.all([start(), start()])
    expect(second.pid).toBe(first.pid)
    expect([first.startedHere, second.startedHere].filter(Boolean)).toHaveLength(1)
  })

  test('left behind by a killed program, it is taken over and stopped by the next', async () => {
    const program = fileURLToPath(new URL('../../support/start-and-wait.ts', import.meta.url))
    const child = fork(program, [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [orphan] = (await once(child, 'message')) as [{ pid: number; url: string }]
    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = await start()
    expect(next).toMatchObject({ pid: orphan.pid, startedHere: true })
    await next.stop()
    await expect(connect(orphan.url, 'DATABASE_URL')).rejects.toThrow('Nothing answers at 127.0.0.1')
  })

  test('lets nobody in without the password, which only its owner may read', async () => {
    const server = await start()
    const url = new URL(server.urls.owner)
    url.password = 'guess'
    await expect(connect(url.href, 'DATABASE_URL')).rejects.toThrow('does not let "postgres" in')
    const kept = join(folder, 'database-passwords.json')
    expect(statSync(kept).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'postgres.log'), 'utf8')).not.toContain(new URL(server.urls.owner).password)
  })

  test.runIf(asRoot)('below a folder closed to others, keeps its data in a private folder and says where', async () => {
    const home = join(folder, 'home')
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const server = await start(home)
    const base = readFileSync(join(home, 'pg-location'), 'utf8').trim()
    expect(server.data).toBe(join(base, 'pg'))
    await ask(server.urls.owner, 'CREATE TABLE sale AS SELECT 500 AS points')
    await server.stop()
    expect(await ask((await start(home)).urls.owner, 'SELECT points FROM sale')).toEqual([500])
    await running.at(-1)?.stop()
    await removeEmbedded(home)
    expect(existsSync(base)).toBe(false)
  })

  test('reset removes all it made, a server left running included', async () => {
    const server = await start()
    await removeEmbedded(folder)
    await expect(connect(server.urls.owner, 'DATABASE_URL')).rejects.toThrow('Nothing answers')
    expect(existsSync(join(folder, 'pg'))).toBe(false)
    expect(existsSync(join(folder, 'database-passwords.json'))).toBe(false)
  })

  test('passwords that are gone are missed by name, not replaced by ones that open nothing', async () => {
    await (await start()).stop()
    rmSync(join(folder, 'database-passwords.json'))
    await expect(start()).rejects.toThrow('database-passwords.json is gone')
    expect(existsSync(join(folder, 'database-passwords.json'))).toBe(false)
  })

  test('a port that is taken is named, not waited for', async () => {
    const first = await start()
    const other = startEmbedded({ directory: join(folder, 'home'), database: 'postgres', port: first.port })
    await expect(other).rejects.toThrow(`Port ${first.port}, asked for the embedded PostgreSQL, is in use`)
  })

  test('many clients at once get a server each of their own', async () => {
    const server = await start()
    const url = urlTo(server.urls.owner, 'postgres')
    const clients = await Promise.all(Array.from({ length: 5 }, () => connect(url, 'the test server')))
    const pids = await Promise.all(clients.map((client: pg.Client) => client.query('SELECT pg_backend_pid() AS pid')))
    await Promise.all(clients.map((client) => client.end()))
    expect(new Set(pids.map((result) => result.rows[0]?.pid)).size).toBe(5)
  })
})
