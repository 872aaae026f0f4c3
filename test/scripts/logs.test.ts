import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { checkout, filesOf } from '../../scripts/street/place.ts'
import { type DataFolder, dataFolder, runScript } from './start-street.ts'

const wholeStreetMs = 420_000
let data: DataFolder | undefined
afterAll(() => data?.remove())

/** Everything a street keeps that must be read by nobody: the secret files, and the addresses of an open street. */
function secretsOf(folder: DataFolder): Set<string> {
  const { home, relayerKey, deployerKey, people } = filesOf(folder.path)
  const running = folder.running()
  const passwords = JSON.parse(readFileSync(join(home, 'database-passwords.json'), 'utf8')) as Record<string, string>
  const keys = [relayerKey, deployerKey, people].flatMap((file) =>
    readFileSync(file, 'utf8').match(/0x[0-9a-f]{64}\b/gi),
  )
  const addresses = Object.values(running.databases ?? {})
  const secrets = [...Object.values(passwords), ...keys.map((key) => key?.slice(2) ?? ''), ...addresses]
  return new Set(secrets.filter((secret) => secret !== ''))
}

async function namesIn(folder: DataFolder): Promise<string[]> {
  const client = new pg.Client({ connectionString: folder.running().databases?.['owner'] })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>('SELECT display_name AS name FROM portal.member_profile')
    // Whoever talks to the database is cut off once, so that what is said about outages is looked at too.
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    return rows.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

test('in all that a street’s programs write down in its life, nothing is secret and nobody is named', {
  timeout: wholeStreetMs,
}, async () => {
  const folder = dataFolder()
  data = folder
  const street = runScript('start', ['--data', folder.path, '--port', '0', '--seed', 'logs'], { LOG_LEVEL: 'trace' })
  await street.until('Highstreet is open')
  const secrets = secretsOf(folder)
  const file = join(folder.path, 'sales.csv')
  writeFileSync(file, 'member,time,amount,shop\nWilhelmina Quist,2025-10-01,12.50,Alder & Rye\n')
  const replay = await runScript('replay', [file, '--data', folder.path]).ended
  expect(replay.code).toBe(0)
  const { url } = folder.running()
  const look = async (path: string) => (await fetch(new URL(path, url))).text()
  for (const path of ['/', '/member', '/shop', '/till', '/audit']) await look(path)
  const names = await namesIn(folder)
  expect(names.length).toBeGreaterThan(20)
  // Some of these find their connection gone.
  for (const path of ['/audit', '/api/health', '/api/v1/requests/none', '/api/demo/people']) await look(path)
  const relayer = join(filesOf(folder.path).logs, 'relayer.log')
  while (!/"event":"interrupted"/.test(readFileSync(relayer, 'utf8'))) await look('/api/health')
  street.child.kill('SIGINT')
  const { said, complaint } = await street.ended

  const { logs, home } = filesOf(folder.path)
  const written = new Map(readdirSync(logs).map((name) => [name, readFileSync(join(logs, name), 'utf8')]))
  written.set('postgres.log', readFileSync(join(home, 'postgres.log'), 'utf8'))
  written.set('start', said + complaint)
  expect(secrets.size).toBeGreaterThan(8)
  for (const [name, text] of written) {
    for (const secret of secrets) expect(text.includes(secret), `${name} holds a secret`).toBe(false)
    for (const person of names) expect(text.includes(person), `${name} names ${person}`).toBe(false)
  }

  // What is said is said in one form, by names that are written down for those who watch.
  const known = readFileSync(join(checkout, 'docs', 'operating.md'), 'utf8')
  const events = new Set<string>()
  for (const name of ['indexer.log', 'relayer.log']) {
    const lines = (written.get(name) ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('---'))
    expect(lines.length, name).toBeGreaterThan(3)
    for (const line of lines) {
      const { event, room, time, msg } = JSON.parse(line) as Record<string, unknown>
      expect({ event, room, time, msg }, line).toEqual({
        event: expect.any(String),
        room: name.replace('.log', ''),
        time: expect.any(Number),
        msg: expect.any(String),
      })
      events.add(String(event))
    }
  }
  const unknown = [...events].filter(
    (event) => !known.includes(`\`${event}\``) && !known.includes(`\`.${event.split('.')[1]}\``),
  )
  expect(unknown).toEqual([])
  expect([...events]).toEqual(expect.arrayContaining(['ready', 'transaction.sent', 'blocks.mirrored', 'interrupted']))
})
