#!/usr/bin/env node
// How fast the mirror fills an empty database from a chain that test/indexer/long-chain.ts has made.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connect } from '#indexer/db/connection.ts'
import { removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import { migrate } from '#indexer/db/migrate.ts'
import { indexerProgram } from '../street/place.ts'
import { usedByFamily } from './mirror/processes.ts'

const help = `Usage: node scripts/bench/mirror-backfill.ts --life FOLDER [--unproven] [--set NAME=VALUE]...
       [--node-flag FLAG]...

Starts anvil on FOLDER/state.json and a PostgreSQL of its own (with fsync), runs the indexer until it stands on the
chain's newest block, and prints what it took as one line of JSON.

  --unproven         the node gives no receipts, so logs are taken on its word, as far as the headers' filters go
  --set NAME=VALUE   a setting of the indexer
  --node-flag FLAG   for the indexer's Node, such as --cpu-prof or --trace-gc`

interface Life {
  readonly shape: string
  readonly events: number
  readonly blocks: number
}

interface Used {
  readonly cpuSeconds: number
  readonly peakMegabytes: number
}

const ticksPerSecond = 100

/** What a living process has used so far, as Linux counts it; undefined once it is gone. */
export function usedBy(pid: number): Used | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const ticks = Number(fields[11]) + Number(fields[12])
    return { cpuSeconds: ticks / ticksPerSecond, peakMegabytes: Math.round(Number(peak) / 1024) }
  } catch {
    return undefined
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('no free port was given')
  return address.port
}

/** anvil on the life's last state; resolves when it listens. */
export async function chainFrom(life: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const port = await freePort()
  const place = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', '31337', '--silent']
  const rules = ['--hardfork', 'osaka', '--no-mining', '--block-base-fee-per-gas', '0', '--gas-limit', '300000000']
  const child = spawn('node_modules/.bin/anvil', [...place, ...rules, '--load-state', join(life, 'state.json')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  for (;;) {
    if (child.exitCode !== null) throw new Error('anvil ended before it listened')
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
    if (answer?.ok === true) return { url, process: child }
    await sleep(100)
  }
}

/** Stands before a node and lets everything pass but receipts. */
async function withoutReceipts(url: string): Promise<{ readonly url: string; close(): void }> {
  const refusal = { jsonrpc: '2.0', id: null, error: { code: -32_601, message: 'the method is not supported' } }
  const server = createHttpServer((asked, answer) => {
    const pieces: Buffer[] = []
    asked.on('data', (piece: Buffer) => pieces.push(piece))
    asked.on('end', () => {
      const body = Buffer.concat(pieces)
      if (body.includes('eth_getBlockReceipts')) {
        answer.end(JSON.stringify(refusal))
        return
      }
      const headers = { 'content-type': 'application/json', 'content-length': body.length }
      const passed = request(url, { method: 'POST', headers }, (given) => given.pipe(answer))
      passed.on('error', () => answer.destroy())
      passed.end(body)
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

const flags = {
  life: { type: 'string' },
  unproven: { type: 'boolean', default: false },
  set: { type: 'string', multiple: true, default: [] as string[] },
  'node-flag': { type: 'string', multiple: true, default: [] as string[] },
  help: { type: 'boolean' },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options: flags })
  if (values.help === true || values.life === undefined) {
    console.log(help)
    return
  }
  const life = JSON.parse(readFileSync(join(values.life, 'life.json'), 'utf8')) as Life
  const directory = mkdtempSync(join(tmpdir(), 'highstreet-bench-'))
  const server = await startEmbedded({ directory: join(directory, 'server'), database: 'street' })
  await migrate({ urls: server.urls })
  const chain = await chainFrom(values.life)
  const proxy = values.unproven ? await withoutReceipts(chain.url) : undefined
  const books = await connect(server.urls.owner, 'DATABASE_URL')
  try {
    const begun = performance.now()
    const postgresBefore = usedByFamily(server.pid).cpuSeconds
    const program = [...values['node-flag'], ...indexerProgram]
    const args = [...program, 'follow', '--ledger-only', '--until', String(life.blocks)]
    const settings = {
      INDEXER_DATABASE_URL: server.urls.indexer,
      RPC_URL: proxy?.url ?? chain.url,
      DEPLOYMENT_FILE: join(values.life, 'deployment.json'),
      LOG_LEVEL: 'info',
      ...Object.fromEntries(values.set.map((one) => one.split(/=(.*)/s).slice(0, 2) as [string, string])),
    }
    const child = spawn(process.execPath, args, { env: { PATH: '/usr/bin:/bin', ...settings }, stdio: 'inherit' })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    let used: Used | undefined
    for (;;) {
      const { rows } = await books.query(`SELECT block FROM ledger.checkpoint WHERE block >= ${life.blocks}`)
      used = usedBy(child.pid ?? 0) ?? used
      if (rows.length > 0 || child.exitCode !== null) break
      await sleep(20)
    }
    const seconds = (performance.now() - begun) / 1000
    const postgresCpu = usedByFamily(server.pid).cpuSeconds - postgresBefore
    await ended
    const { rows: evidence } = await books.query('SELECT DISTINCT evidence::text AS evidence FROM ledger.block')
    const { events } = life
    const each = (cpu: number) => Math.round((cpu / events) * 10_000_000) / 10
    console.log(
      JSON.stringify({
        shape: life.shape,
        evidence: evidence.map((row) => row.evidence),
        events,
        blocks: life.blocks,
        seconds: Math.round(seconds * 100) / 100,
        eventsPerSecond: Math.round(events / seconds),
        indexerCpuSeconds: used?.cpuSeconds,
        indexerMicrosecondsPerEvent: each(used?.cpuSeconds ?? 0),
        postgresMicrosecondsPerEvent: each(postgresCpu),
        peakMegabytes: used?.peakMegabytes,
      }),
    )
  } finally {
    await books.end()
    proxy?.close()
    chain.process.kill('SIGTERM')
    await server.stop()
    await removeEmbedded(join(directory, 'server'))
    rmSync(directory, { recursive: true, force: true })
  }
}

if (import.meta.main) await main()
