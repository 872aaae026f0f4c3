import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { endWithUs } from './children.ts'
import { testConfig } from './config.ts'

/** The indexer as a process of its own, as people run it. */
export interface RunningIndexer {
  readonly child: ChildProcess
  /** What it has logged so far. */
  readonly lines: readonly Record<string, unknown>[]
  /** Resolves when it has logged this message, now or earlier. */
  said(message: string): Promise<Record<string, unknown>>
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly complaint: string; readonly output: string }>
}

export function startIndexer(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  { channel = false } = {},
): RunningIndexer {
  const child = endWithUs(
    spawn(process.execPath, [join(testConfig.root, 'indexer', 'main.ts'), ...args], {
      cwd: testConfig.root,
      env: { PATH: '/usr/bin:/bin', NODE_ENV: 'test', ...settings },
      stdio: ['ignore', 'pipe', 'pipe', channel ? 'ipc' : 'ignore'],
    }),
  )
  const lines: Record<string, unknown>[] = []
  const waiting: { readonly message: string; resolve(line: Record<string, unknown>): void }[] = []
  let output = ''
  let complaint = ''
  createInterface({ input: child.stdout as Readable }).on('line', (text) => {
    output += `${text}\n`
    if (!text.startsWith('{')) return
    const line = JSON.parse(text) as Record<string, unknown>
    lines.push(line)
    for (const one of waiting) if (one.message === line['msg']) one.resolve(line)
  })
  child.stderr?.on('data', (text: Buffer) => {
    complaint += text.toString()
  })
  const ended = new Promise<{ code: number | null; complaint: string; output: string }>((resolve) => {
    // Of a child whose channel was cut Node never says that it closed.
    child.once(channel ? 'exit' : 'close', (code) => resolve({ code, complaint, output }))
  })
  const said = (message: string) => {
    const earlier = lines.find((line) => line['msg'] === message)
    if (earlier !== undefined) return Promise.resolve(earlier)
    return Promise.race([
      new Promise<Record<string, unknown>>((resolve) => waiting.push({ message, resolve })),
      ended.then((end) => {
        throw new Error(`the indexer ended (${end.code}) without saying "${message}":\n${end.complaint}${end.output}`)
      }),
    ])
  }
  return { child, lines, said, ended }
}

/** Writes a deployment file for a test's own chain. */
export function deploymentFile(deployment: object): string {
  const file = join(mkdtempSync(join(tmpdir(), 'highstreet-deployment-')), 'deployment.json')
  writeFileSync(file, JSON.stringify(deployment))
  return file
}
