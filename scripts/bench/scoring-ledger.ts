import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const [free, needed] = [(bavail * bsize) / 1e9, (purchases * bytesPerPurchase) / 1e9 + 0.5]
  const named = purchases.toLocaleString('en')
  progress.say(
    `${named} purchases need about ${needed.toFixed(1)} GB below ${tmpdir()}; ${free.toFixed(1)} GB are free`,
  )
  if (free < needed) throw new Error('the disk is too small for it: name another folder by TMPDIR')
}

/** From purchases in the ledger, in a PostgreSQL of its own, to written scores. */
export async function ledgerFigures(purchases: number, progress: Progress): Promise<readonly Figure[]> {
  requireDisk(purchases, progress)
  const directory = mkdtempSync(join(tmpdir(), 'highstreet-bench-ledger-'))
  const home = join(directory, 'server')
  const server = await progress.during('the database', () => startEmbedded({ directory: home, database: 'bench' }))
  try {
    await migrate({ urls: server.urls })
    const client = await connect(server.urls.owner, 'DATABASE_URL')
    let bytes = 0
    try {
      const { purchases: model, spend, seed } = town
      await progress.during('filling the ledger', (tell) => fillLedger(client, { purchases, model, spend, seed }, tell))
      const { rows } = await client.query<{ bytes: string }>('SELECT pg_database_size(current_database()) AS bytes')
      bytes = Number(rows[0]?.bytes ?? 0)
    } finally {
      await client.end()
    }
    const scored = await progress.during('scoring it', async () => {
      const ended = await runProgram({ file: 'scripts/bench/scoring/ledger-once.ts', args: [server.urls.owner] })
      if (!ended.passed) throw new Error(`scoring failed: ${ended.output.trim().split('\n').slice(-5).join(' ')}`)
      return JSON.parse(ended.output.trim().split('\n').at(-1) ?? '') as LedgerScored
    })
    return figuresOf(purchases, bytes, scored)
  } finally {
    await server.stop()
    await removeEmbedded(home)
    rmSync(directory, { recursive: true, force: true })
  }
}

function figuresOf(purchases: number, bytes: number, scored: LedgerScored): Figure[] {
  const { readSeconds, scoreSeconds, writeSeconds, peakMb } = scored
  const all = readSeconds + scoreSeconds + writeSeconds
  const [read, score, write] = [readSeconds, scoreSeconds, writeSeconds].map((one) => one.toFixed(1))
  const parts = `read ${read} s, score ${score} s, write ${write} s`
  const named = purchases.toLocaleString('en')
  console.log(
    `\n${named} purchases to ${scored.scores.toLocaleString('en')} written scores: ${all.toFixed(1)} s (${parts})`,
  )
  console.log(`peak memory of the scoring ${peakMb.toFixed(0)} MB; the ledger took ${(bytes / 1e9).toFixed(1)} GB`)
  console.log(`load of the machine at the end: ${(loadavg()[0] ?? 0).toFixed(1)}`)
  const name = `scoring from ${purchases} ledger purchases`
  return [
    { name: `${name} read`, value: rounded(readSeconds), unit: 's' },
    { name: `${name} score`, value: rounded(scoreSeconds), unit: 's' },
    { name: `${name} write`, value: rounded(writeSeconds), unit: 's' },
    { name: `${name} peak memory`, value: rounded(peakMb), unit: 'MB' },
    { name: `${name} ledger`, value: rounded(bytes / 1e6), unit: 'MB' },
  ]
}
