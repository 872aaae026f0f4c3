import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Chance, chanceFrom } from '../../scripts/street/random.ts'
import { sharedFile } from '../support/shared-data.ts'
import { ask, cutPower, type DataFolder, dataFolder, runScript } from './start-street.ts'

const seed = 'replay 1'
const wholeDrillMs = 300_000
const cdnow = sharedFile('CDNOW_master.txt')

let data: DataFolder
let folder: string
beforeEach(() => {
  data = dataFolder()
  folder = mkdtempSync(join(tmpdir(), 'highstreet-replay-'))
})
afterEach(async () => {
  await data.remove()
  rmSync(folder, { recursive: true, force: true })
}, wholeDrillMs)

interface Closing {
  readonly rowsRead: number
  readonly differences: number
  readonly parts: readonly { readonly receipts: number; readonly filePoints: string; readonly chainSupply: string }[]
}

/** Falls as soon as so many rows are in the portal's books, or in the mirror's as the chain has them. */
interface Blow {
  readonly rows: number
  readonly known: keyof typeof rowsKnown
  readonly strike: () => void
}

const rowsKnown = {
  toPortal: `SELECT count(*)::int AS rows FROM portal.intent WHERE kind = 'purchase'`,
  toMirror: 'SELECT count(*)::int AS rows FROM ledger.purchase',
}

async function untilDue({ rows, known }: Blow): Promise<void> {
  while ((await ask<{ rows: number }>(data, rowsKnown[known])).rows < rows) await sleep(10)
}

/** Brings the file in once and again after each blow; what the last, undisturbed run says of the whole. */
async function broughtIn(file: string, blows: readonly Blow[]): Promise<Closing> {
  const json = join(folder, 'closing.json')
  const args = [file, '--data', data.path, '--json', json]
  for (const blow of blows) {
    const run = runScript('replay', args)
    await run.until('handing over the rows ...')
    await untilDue(blow)
    blow.strike()
    run.child.kill('SIGKILL')
    const { code, said } = await run.ended
    expect(code, 'killed, and not ended by itself').toBeNull()
    expect(said, 'killed before every row was final').not.toContain('waiting for the chain: done')
  }
  const { code, said, complaint } = await runScript('replay', args).ended
  expect(complaint).toBe('')
  expect(said).toContain('chain, mirror and file agree')
  expect(code).toBe(0)
  return JSON.parse(readFileSync(json, 'utf8')) as Closing
}

const killRelayer = (): void => {
  const relayer = data.running().processes.find((one) => one.role === 'relayer')
  if (relayer === undefined) throw new Error('no relayer is there to be killed')
  process.kill(relayer.pid, 'SIGKILL')
}

function generatedSales(chance: Chance, rows: number): string {
  const lines = Array.from({ length: rows }, () => {
    const day = `2025-0${chance.between(1, 9)}-${chance.between(10, 28)}`
    return `customer ${chance.between(1, 80)},${day},${chance.between(0, 90)}.${chance.between(10, 99)}`
  })
  return `member,time,amount\n${lines.join('\n')}\n`
}

test('2,000 rows killed with the relayer and gone on with: none lost, none doubled', {
  timeout: wholeDrillMs,
}, async (context) => {
  if (cdnow.path === undefined) return context.skip(cdnow.missing)
  const chance = chanceFrom(seed)
  const rows = chance.between(1, 500)
  console.log(`seed "${seed}": killed once ${rows} rows are issued`)
  const file = join(folder, 'slice.txt')
  writeFileSync(file, readFileSync(cdnow.path, 'utf8').split('\n').slice(0, 2_001).join('\n'))
  const closing = await broughtIn(file, [{ rows, known: 'toMirror', strike: killRelayer }])
  expect(closing).toMatchObject({ rowsRead: 2_000, differences: 0, parts: [{ receipts: 2_000 }] })
})

test('a file of one’s own through a power cut: what was final stays, the rest comes', {
  timeout: wholeDrillMs,
}, async () => {
  const chance = chanceFrom(`${seed}, generated`)
  // Far enough apart that the second blow finds rows which the portal did not have at the first.
  const dueAt = [chance.between(1, 500), chance.between(2_500, 3_500)]
  console.log(`seed "${seed}, generated": cut once ${dueAt.join(' and ')} rows are handed over`)
  const file = join(folder, 'sales.csv')
  writeFileSync(file, generatedSales(chance, 4_000))
  const strike = (): void => cutPower(data.running())
  const closing = await broughtIn(
    file,
    dueAt.map((rows) => ({ rows, known: 'toPortal', strike })),
  )
  expect(closing).toMatchObject({ rowsRead: 4_000, differences: 0, parts: [{ receipts: 4_000 }] })
  expect(closing.parts[0]?.filePoints).toBe(closing.parts[0]?.chainSupply)
})

test('on a chain that forgets everything, what was brought in is there after the next start', {
  timeout: wholeDrillMs,
}, async () => {
  const file = join(folder, 'sales.csv')
  writeFileSync(file, generatedSales(chanceFrom(`${seed}, hardhat`), 300))
  const first = runScript('start', ['--data', data.path, '--port', '0', '--no-seed', '--chain', 'hardhat'])
  await first.until('Highstreet is open')
  const brought = await runScript('replay', [file, '--data', data.path]).ended
  expect(brought.complaint).toBe('')
  expect(brought.code).toBe(0)
  first.child.kill('SIGINT')
  await first.ended
  const closing = await broughtIn(file, [])
  expect(closing).toMatchObject({ rowsRead: 300, differences: 0, parts: [{ receipts: 300 }] })
})
