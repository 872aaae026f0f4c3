import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { argumentsFor } from '../../scripts/verify.ts'
import { type DataFolder, dataFolder, runScript, type ScriptRun } from './start-street.ts'

const wholeStreetMs = 300_000

describe('where there is nothing to verify', () => {
  test('it says that no street was ever opened, and what to do', async () => {
    const data = mkdtempSync(join(tmpdir(), 'highstreet-none-'))
    const ended = await runScript('verify', ['--data', data]).ended
    expect(ended.code).toBe(1)
    expect(ended.complaint).toBe(
      `highstreet: There is no mirror to verify: no street was ever opened on ${data}. ` +
        'Open one with npm start, or name the folder of another with --data.\n',
    )
    rmSync(data, { recursive: true })
  })

  test('--help tells what it does, and a wrong option is named', async () => {
    const help = await runScript('verify', ['--help']).ended
    expect(help).toMatchObject({ code: 0, complaint: '' })
    expect(help.said).toContain('npm run verify -- [options]')
    const wrong = await runScript('verify', ['--wrong']).ended
    expect(wrong.code).toBe(1)
    expect(wrong.complaint).toMatch(/^highstreet: Unknown option '--wrong'.* See npm run verify -- --help\.\n$/)
    expect(() => argumentsFor({ samples: 'many', quick: false, data: '.data', help: false })).toThrow(/--samples takes/)
  })
})

interface Report {
  readonly version: number
  readonly verdict: string
  readonly seed: string
  readonly checks: readonly { name: string; verdict: string; block: number; rulings: readonly { verdict: string }[] }[]
}

describe('a street', () => {
  let data: DataFolder
  let run: ScriptRun
  beforeAll(async () => {
    data = dataFolder()
    run = runScript('start', ['--data', data.path, '--port', '0', '--seed', 'verify'])
    await run.until(/Highstreet is open: http:\/\/localhost:\d+\n/)
  }, wholeStreetMs)
  afterAll(async () => {
    run.child.kill('SIGTERM')
    await run.ended
    await data.remove()
  }, wholeStreetMs)

  async function verified(...args: readonly string[]): Promise<{ code: number | null; said: string; report: Report }> {
    const file = join(data.path, 'report.json')
    const { code, said, complaint } = await runScript('verify', ['--data', data.path, '--json', file, ...args]).ended
    expect(complaint).toBe('')
    return { code, said, report: JSON.parse(readFileSync(file, 'utf8')) as Report }
  }

  test('that is open is verified as it runs, and the report says what was done', {
    timeout: wholeStreetMs,
  }, async () => {
    const { code, said, report } = await verified('--seed', 'ours')
    expect(said).toMatch(/checking the street that is open at http:.*\n[\s\S]*verify: the mirror holds\n$/)
    expect(code).toBe(0)
    expect(report).toMatchObject({ version: 1, verdict: 'holds', seed: 'ours' })
    expect(report.checks.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'sums holds',
      'samples holds',
      'rebuild holds',
    ])
    for (const { rulings } of report.checks)
      expect(new Set(rulings.map(({ verdict }) => verdict))).toEqual(new Set(['holds']))
  })

  test('whose books somebody changed is called so, loudly, with the row', { timeout: wholeStreetMs }, async () => {
    const owner = new pg.Client({ connectionString: data.running().databases?.['owner'] })
    await owner.connect()
    const { rows } = await owner.query<{ shop: number; till: number; sequence: string }>(
      'SELECT shop, till, sequence FROM ledger.purchase ORDER BY block_number, log_index, sequence LIMIT 1',
    )
    const [first] = rows
    const row = `shop = ${first?.shop} AND till = ${first?.till} AND sequence = ${first?.sequence}`
    await owner.query(`UPDATE ledger.purchase SET spend = spend + 1 WHERE ${row}`)
    const { code, said, report } = await verified()
    await owner.query(`UPDATE ledger.purchase SET spend = spend - 1 WHERE ${row}`)
    await owner.end()
    expect(code).toBe(1)
    expect(said).toMatch(
      /DIFFERS Every row of purchase is what the chain makes of it[\s\S]*purchase: shop \d+, till \d+/,
    )
    expect(said).toContain('THE MIRROR DIFFERS FROM THE CHAIN')
    expect(report.verdict).toBe('differs')
  })

  test('that is closed is opened for the while, and closed again', { timeout: wholeStreetMs }, async () => {
    run.child.kill('SIGTERM')
    await run.ended
    const { code, said } = await verified('--samples', '5')
    expect(said).toMatch(/is closed; starting database, chain and mirror for the while/)
    expect(said).toMatch(/verify: the mirror holds\n$/)
    expect(code).toBe(0)
    run = runScript('start', ['--data', data.path, '--port', '0'])
    await run.until(/Highstreet is open: http:\/\/localhost:\d+\n/)
  })
})
