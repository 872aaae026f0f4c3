import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { removeEmbedded } from '#indexer/db/embedded.ts'
import { childEnvironment } from '../../scripts/street/config.ts'
import type { RunningStreet } from '../../scripts/street/hall.ts'
import { checkout, filesOf } from '../../scripts/street/place.ts'
import { endProcess, lives } from '../../scripts/street/processes.ts'
import { endWithUs } from '../support/children.ts'

/** One of our scripts, run as a person would run it. */
export interface ScriptRun {
  readonly child: ChildProcess
  said(): string
  /** Waits for words on its output; a script that ends first is a failure that shows what it said. */
  until(words: string | RegExp): Promise<string>
  readonly ended: Promise<{ readonly code: number | null; readonly said: string; readonly complaint: string }>
}

const patienceMs = 240_000

export function runScript(
  name: 'start' | 'replay' | 'deploy' | 'verify',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ScriptRun {
  const child = endWithUs(
    spawn(process.execPath, [join(checkout, 'scripts', `${name}.ts`), ...args], {
      cwd: checkout,
      env: { NODE_ENV: 'production', ...childEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  let said = ''
  let complaint = ''
  let over = false
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString()
  })
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString()
  })
  const ended = new Promise<{ code: number | null; said: string; complaint: string }>((resolve) => {
    child.on('close', (code) => {
      over = true
      resolve({ code, said, complaint })
    })
  })
  return {
    child,
    said: () => said,
    ended,
    async until(words) {
      const deadline = Date.now() + patienceMs
      for (;;) {
        const found = typeof words === 'string' ? said.includes(words) : words.test(said)
        if (found) return said
        if (over || Date.now() > deadline) throw new Error(`${name} never said ${words}:\n${said}\n${complaint}`)
        await sleep(10)
      }
    },
  }
}

/** A data folder for one street, removed with everything that may still run on it. */
export interface DataFolder {
  readonly path: string
  isOpen(): boolean
  running(): RunningStreet
  remove(): Promise<void>
}

export function dataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'highstreet-street-'))
  const isOpen = (): boolean => existsSync(filesOf(path).running)
  const running = (): RunningStreet => JSON.parse(readFileSync(filesOf(path).running, 'utf8')) as RunningStreet
  return {
    path,
    isOpen,
    running,
    async remove() {
      if (isOpen()) {
        for (const one of [running().starter, ...[...running().processes]]) {
          if (one.pid !== process.pid && lives(one)) await endProcess({ ...one }, 'SIGTERM')
        }
      }
      await removeEmbedded(path)
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** One row from the books of a street that is open. */
export async function ask<Row extends object>(data: DataFolder, sql: string): Promise<Row> {
  const client = new pg.Client({ connectionString: data.running().databases?.['owner'] })
  await client.connect()
  try {
    const found = await client.query<Row>(sql)
    const [row] = found.rows
    if (row === undefined) throw new Error(`no row: ${sql}`)
    return row
  } finally {
    await client.end()
  }
}

/** Kills everything of a street at one blow, as a power cut would. */
export function cutPower(street: RunningStreet): void {
  for (const one of [street.starter, ...street.processes]) {
    if (!lives(one)) continue
    process.kill(one.pid, 'SIGKILL')
  }
}
