import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { connect } from '#indexer/db/connection.ts'
import { removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import { migrate } from '#indexer/db/migrate.ts'
import { runProgram } from '../proof/program.ts'
import type { Progress } from '../street/progress.ts'
import { type Figure, rounded } from './figure.ts'
import { bytesPerPurchase, fillLedger } from './scoring/ledger.ts'
import type { LedgerScored } from './scoring/ledger-once.ts'
import { town } from './scoring/town.ts'

/** Refuses to begin where the disk is too small, and says beforehand what it needs. */
function requireDisk(purchases: number, progress: Progress): void {
  const { bavail, bsize } = statfsSync(tmpdir())
  const [free, needed] = [(bavail * bsize) / 1e9, (purchases * bytesPerPurchase) / 1e9 + 1]
  const named = purchases.toLocaleString('en')
  progress.say(
    `${named} purchases need about ${needed.toFixed(1)} GB below ${tmpdir()}; ${free.toFixed(1)} GB are free`,
  )
  if (free < needed) throw new Error('the disk is too small for it: name another folder by TMPDIR')
}

/** From purchases in the ledger, in a PostgreSQL of its own, to written scores: the way that the nightly fit goes. */
export async function ledgerFigures(purchases: number, progress: Progress): Promise<readonly Figure[]> {
  requireDisk(purchases, progress)
  const directory = mkdtempSync(join(tmpdir(), 'highstreet-bench-ledger-'))
  const home = join(directory, 'server')
  const server = await progress.during('the database', () => startEmbedded({ directory: home, database: 'bench' }))
  try {
    await migrate({ urls: server.urls })
    await onServer(server.urls.owner, async (client) => {
      const { purchases: model, spend, seed } = town
      await progress.during('filling the ledger', (tell) => fillLedger(client, { purchases, model, spend, seed }, tell))
    })
    const before = await onServer(server.urls.owner, standOf)
    const scored = await progress.during('scoring it', async () => {
      const ended = await runProgram({ file: 'scripts/bench/scoring/ledger-once.ts', args: [server.urls.indexer] })
      if (!ended.passed) throw new Error(`scoring failed: ${ended.output.trim().split('\n').slice(-5).join(' ')}`)
      return JSON.parse(ended.output.trim().split('\n').at(-1) ?? '') as LedgerScored
    })
    const after = await onServer(server.urls.owner, standOf)
    if (after.scores !== scored.scores || after.wishes !== 1) throw new Error('not everything that was scored is there')
    return figuresOf({ purchases, ledgerBytes: before.bytes, judgedBytes: after.bytes - before.bytes, scored })
  } finally {
    await server.stop()
    await removeEmbedded(home)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function onServer<Answer>(url: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = await connect(url, 'DATABASE_URL')
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function standOf(client: pg.Client) {
  const { rows } = await client.query<{ bytes: string; scores: number; wishes: number }>(
    `SELECT pg_database_size(current_database()) AS bytes, (SELECT count(*)::int FROM judged.score) AS scores,
       (SELECT count(*)::int FROM portal.intent) AS wishes`,
  )
  const { bytes = '0', scores = 0, wishes = 0 } = rows[0] ?? {}
  return { bytes: Number(bytes), scores, wishes }
}

interface Measured {
  readonly purchases: number
  readonly ledgerBytes: number
  readonly judgedBytes: number
  readonly scored: LedgerScored
}

function figuresOf({ purchases, ledgerBytes, judgedBytes, scored }: Measured): Figure[] {
  const { seconds, cpuSeconds, peakMb, scores, shops } = scored
  const named = purchases.toLocaleString('en')
  console.log(
    `\n${named} purchases to ${scores.toLocaleString('en')} written scores at ${shops} shops: ` +
      `${seconds.toFixed(1)} s, of which ${cpuSeconds.toFixed(1)} s of processor time are the indexer's`,
  )
  console.log(
    `peak memory of the scoring ${peakMb.toFixed(0)} MB; the ledger took ${(ledgerBytes / 1e6).toFixed(0)} MB, what ` +
      `was judged ${(judgedBytes / 1e6).toFixed(0)} MB`,
  )
  console.log(`load of the machine at the end: ${(loadavg()[0] ?? 0).toFixed(1)}`)
  const name = `scoring from ${purchases} ledger purchases`
  return [
    { name, value: rounded(seconds), unit: 's' },
    { name: `${name} processor time`, value: rounded(cpuSeconds), unit: 's' },
    { name: `${name} written`, value: scores, unit: 'scores' },
    { name: `${name} peak memory`, value: rounded(peakMb), unit: 'MB' },
    { name: `${name} ledger`, value: rounded(ledgerBytes / 1e6), unit: 'MB' },
    { name: `${name} judged`, value: rounded(judgedBytes / 1e6), unit: 'MB' },
  ]
}
