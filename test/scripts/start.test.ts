import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wishesOf } from '../../scripts/start.ts'
import { readDeployment } from '../../scripts/street/deployment.ts'
import { filesOf } from '../../scripts/street/place.ts'
import { lives } from '../../scripts/street/processes.ts'
import { blockAt, rpcAt } from '../../scripts/street/rpc.ts'
import { testDatabase } from '../support/postgres.ts'
import { ask, type DataFolder, dataFolder, runScript, type ScriptRun } from './start-street.ts'

const wholeStreetMs = 300_000

describe('a new street', () => {
  let data: DataFolder
  let run: ScriptRun
  beforeAll(async () => {
    data = dataFolder()
    run = runScript('start', ['--data', data.path, '--port', '0', '--seed', 'tests'])
    await run.until(/Highstreet is open: http:\/\/localhost:\d+\n/)
  }, wholeStreetMs)
  afterAll(async () => {
    run.child.kill('SIGTERM')
    await run.ended
    await data.remove()
  }, wholeStreetMs)

  test('is inhabited: shops with tills, rewards and reserves, a charity, members, weeks of sales', async () => {
    const counted = await ask<Record<string, bigint>>(
      data,
      `SELECT (SELECT count(*) FROM portal.shop_profile WHERE NOT is_charity) AS shops,
              (SELECT count(*) FROM portal.shop_profile WHERE is_charity) AS charities,
              (SELECT count(DISTINCT shop) FROM portal.reward) AS rewarding,
              (SELECT count(*) FROM ledger.till) AS tills,
              (SELECT count(*) FROM ledger.position WHERE reserve > 0) AS reserves,
              (SELECT count(*) FROM portal.member_profile) AS members,
              (SELECT count(DISTINCT sold_at::date) FROM ledger.purchase) AS days,
              (SELECT count(*) FROM ledger.payment_line l WHERE l.issuer <> l.shop) AS elsewhere,
              (SELECT count(*) FROM ledger.movement WHERE kind = 'sent') AS gifts`,
    )
    const least = { shops: 6n, charities: 1n, rewarding: 7n, tills: 8n, reserves: 6n, members: 50n }
    for (const [name, count] of Object.entries({ ...least, days: 30n, elsewhere: 10n, gifts: 5n })) {
      expect(BigInt(counted[name] ?? 0n), name).toBeGreaterThanOrEqual(count)
    }
  })

  test('has every shop’s points covered in full, with room for more', async () => {
    const short = await ask<{ count: bigint }>(
      data,
      `SELECT count(*) AS count FROM ledger.position p JOIN ledger.points_token t USING (shop)
        WHERE p.reserve + least(p.net, 0) <= (t.lane0 + t.lane1 + t.lane2 + t.lane3 + t.lane4) * 100 AND t.lane0 > 0`,
    )
    expect(BigInt(short.count)).toBe(0n)
  })

  test('sends whoever comes by number to the name that passkeys belong to', async () => {
    const { ports, url } = data.running()
    const answer = await fetch(`http://127.0.0.1:${ports?.['portal']}/`, { redirect: 'manual' })
    expect(answer.status).toBe(307)
    expect(answer.headers.get('location')).toBe(`${url}/`)
  })

  test('takes in a file of several shops, and the same file again without doubling a row', async () => {
    const file = join(data.path, 'several.csv')
    const rows = ['Anna,2025-10-01,12.50,Alder & Rye,900001', 'Anna,2025-10-02,3.99,2,5', 'Ole,20251003,20,New Corner,']
    writeFileSync(file, `member,time,amount,shop,receipt\n${rows.join('\n')}\n`)
    for (const handedOver of [3, 0]) {
      const brought = await runScript('replay', [file, '--data', data.path]).ended
      expect(brought.complaint).toBe('')
      expect(brought.said).toMatch(new RegExp(`rows handed over in this run +${handedOver}\\n`))
      expect(brought.said).toContain('chain, mirror and file agree')
    }
    const { points } = await ask<{ points: bigint }>(
      data,
      `SELECT sum(p.points)::bigint AS points FROM ledger.purchase p JOIN ledger.till t USING (shop, till)
        WHERE t.kind = 3`,
    )
    // 2 points per 1.00 at the bakery, 1 in the shop made for the file; each rounded down to a hundredth.
    expect(BigInt(points)).toBe(2500n + 798n + 2000n)
  })

  test.each([
    ['7', 'There is no shop 77', 'A,2026-01-01,1,77'],
    ['charity', 'only takes points', 'A,2026-01-01,1,Riverside Food Bank'],
    ['limit', 'allows 1000000 per receipt', 'A,2026-01-01,200000,1'],
  ])('refuses a file that its shops cannot honour (%s)', async (name, sentence, row) => {
    const file = join(data.path, `${name}.csv`)
    writeFileSync(file, `member,time,amount,shop\n${row}\n`)
    const refused = await runScript('replay', [file, '--data', data.path]).ended
    expect(refused.code).toBe(1)
    expect(refused.complaint).toContain(sentence)
  })

  test('is not opened twice on one data folder', async () => {
    const second = await runScript('start', ['--data', data.path, '--port', '0']).ended
    expect(second.code).toBe(1)
    expect(second.complaint.trim().split('\n')).toHaveLength(1)
    expect(second.complaint).toContain(`Highstreet is already open at ${data.running().url}`)
    expect(lives(data.running().starter)).toBe(true)
  })

  test('ends every process it started on Ctrl-C, and opens again with everything kept', {
    timeout: wholeStreetMs,
  }, async () => {
    const before = data.running()
    const consortium = readDeployment(filesOf(data.path).deployment).contracts.consortium
    const sales = await ask<{ count: bigint }>(data, 'SELECT count(*) AS count FROM ledger.purchase')
    const head = await blockAt(rpcAt(before.rpcUrl ?? ''), 'latest')
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(0)
    expect(before.processes.filter(lives)).toEqual([])

    run = runScript('start', ['--data', data.path, '--port', '0'])
    const said = await run.until('Highstreet is open')
    expect(said).not.toContain('opening the street')
    expect(readDeployment(filesOf(data.path).deployment).contracts.consortium).toBe(consortium)
    expect(await ask(data, 'SELECT count(*) AS count FROM ledger.purchase')).toEqual(sales)
    const after = await blockAt(rpcAt(data.running().rpcUrl ?? ''), 'latest')
    expect(after?.number).toBeGreaterThanOrEqual(head?.number ?? 0)
  })

  test.each([
    ['relayer', /^highstreet: The relayer ended unexpectedly [^\n]+relayer\.log\.\n$/],
    ['postgres', /^highstreet: The database ended unexpectedly [^\n]+postgres\.log\.\n$/],
  ] as const)(
    'closes with a sentence that names the log when its %s is killed',
    {
      timeout: wholeStreetMs,
    },
    async (role, sentence) => {
      const before = data.running()
      const part = before.processes.find((one) => one.role === role)
      if (part === undefined) throw new Error(`no ${role} is noted`)
      process.kill(part.pid, 'SIGKILL')
      const { code, complaint } = await run.ended
      expect(code).toBe(1)
      expect(complaint).toMatch(sentence)
      expect(before.processes.filter(lives)).toEqual([])
      run = runScript('start', ['--data', data.path, '--port', '0'])
      await run.until('Highstreet is open')
    },
  )

  test('begins anew when asked to, with other books', { timeout: wholeStreetMs }, async () => {
    const before = await ask<{ count: bigint }>(data, 'SELECT count(*) AS count FROM ledger.purchase')
    expect(BigInt(before.count)).toBeGreaterThan(0n)
    const { processes } = data.running()
    // Whoever read its words is gone, and it still ends all that it started.
    run.child.stdout?.destroy()
    run.child.stderr?.destroy()
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(0)
    expect(processes.filter(lives)).toEqual([])
    writeFileSync(filesOf(data.path).deployment, 'no longer readable')
    run = runScript('start', ['--data', data.path, '--port', '0', '--reset', '--no-seed'])
    await run.until('Highstreet is open')
    expect(BigInt((await ask<{ count: bigint }>(data, 'SELECT count(*) AS count FROM ledger.purchase')).count)).toBe(0n)
  })
})

test('a street opens on a database of one’s own, and makes none beside it', { timeout: wholeStreetMs }, async () => {
  const { urls } = await testDatabase()
  const data = dataFolder()
  const env = { DATABASE_URL: urls.owner, INDEXER_DATABASE_URL: urls.indexer, WEB_DATABASE_URL: urls.web }
  const open = () => runScript('start', ['--data', data.path, '--port', '0', '--no-seed'], env)
  try {
    for (const run of [open, open]) {
      const street = run()
      await street.until('Highstreet is open')
      expect(data.running().processes.map((one) => one.role)).not.toContain('postgres')
      expect(data.running().databases?.['owner']).toBe(urls.owner)
      expect(BigInt((await ask<{ count: bigint }>(data, 'SELECT count(*) AS count FROM ledger.chain')).count)).toBe(1n)
      street.child.kill('SIGINT')
      expect((await street.ended).code).toBe(0)
    }
    expect(existsSync(join(data.path, 'pg'))).toBe(false)
    // Another database is empty, and that is no reason to forget this street.
    const before = readFileSync(filesOf(data.path).chain)
    const elsewhere = await runScript('start', ['--data', data.path, '--port', '0']).ended
    expect(elsewhere.code).toBe(1)
    expect(elsewhere.complaint).toMatch(/^highstreet: [^\n]+ holds a street whose books are in the database [^\n]+\n$/)
    expect(readFileSync(filesOf(data.path).chain)).toEqual(before)
  } finally {
    await data.remove()
  }
})

describe('what is wrong is said in one sentence', () => {
  let data: DataFolder
  beforeAll(() => {
    data = dataFolder()
  })
  afterAll(() => data.remove())

  const refusal = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { code, complaint } = await runScript('start', ['--data', data.path, ...args], env).ended
    expect(code).toBe(1)
    expect(complaint).toMatch(/^highstreet: [^\n]+\n$/)
    return complaint
  }

  test('a port that another program uses', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    try {
      expect(await refusal(['--port', String(port)])).toContain(`Port ${port} is in use by another program`)
    } finally {
      other.close()
    }
  })

  test('a data folder that is a file', async () => {
    const file = join(data.path, 'file')
    writeFileSync(file, '')
    expect(await refusal(['--data', file])).toContain(`${file} cannot be used: `)
  })

  test('a DATABASE_URL at which nothing answers', async () => {
    const said = await refusal(['--port', '0'], { DATABASE_URL: 'postgresql://someone:secret@127.0.0.1:1/street' })
    expect(said).toContain('DATABASE_URL')
    expect(said).not.toContain('secret')
  })

  test('a database that holds the books of another chain', async () => {
    const { urls } = await testDatabase()
    const client = new pg.Client({ connectionString: urls.owner })
    await client.connect()
    await client.query(
      `INSERT INTO ledger.chain (id, chain_id, genesis_hash, consortium, start_block)
       VALUES (1, 1, decode(repeat('ab', 32), 'hex'), decode(repeat('cd', 20), 'hex'), 7)`,
    )
    await client.end()
    const env = { DATABASE_URL: urls.owner, INDEXER_DATABASE_URL: urls.indexer, WEB_DATABASE_URL: urls.web }
    for (const args of [[], ['--reset']]) {
      expect(await refusal(['--port', '0', ...args], env)).toContain('holds the books of another chain')
    }
  })

  test('half of a chain of one’s own, and a chain at which nothing answers', async () => {
    expect(await refusal(['--port', '0'], { RPC_URL: 'http://127.0.0.1:1' })).toContain('belong together')
    const env = { RPC_URL: 'http://127.0.0.1:1', DEPLOYMENT_FILE: '/nowhere.json' }
    expect(await refusal(['--port', '0'], env)).toContain('RELAYER_KEY_FILE')
  })

  test.each([
    [['--port', 'abc'], '--port takes a number'],
    [['--port', '70000'], '--port takes a number'],
    [['--chain', 'ganache'], '--chain takes anvil or hardhat'],
    [['--colour'], 'Unknown option'],
  ])('an option that makes no sense: %j', (args, sentence) => {
    expect(() => wishesOf(args)).toThrow(sentence)
  })
})
