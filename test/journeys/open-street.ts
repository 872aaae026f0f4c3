import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { testConfig } from '#test/support/config.ts'
import { endWithUs } from '../support/children.ts'

/** A street of its own for one journey, with everything a person's street has. */
export interface OpenedStreet {
  readonly url: string
  /** Stops one of its processes in the middle of whatever it does, and lets it go on. */
  pause(role: 'relayer'): void
  resume(role: 'relayer'): void
  /** So many seconds pass on the chain, and only there; resolves once a block says so. */
  pass(seconds: number): Promise<void>
  /** What only time or chance would do to its books. */
  happens(sql: string, values: readonly unknown[]): Promise<void>
  close(): Promise<void>
}

const running = z.object({
  rpcUrl: z.string(),
  databases: z.object({ web: z.string() }),
  processes: z.array(z.object({ role: z.string(), pid: z.int() })),
})

/** Opens a street the way a person does, in a folder that goes when it closes; the same people every time. */
export async function openStreetOf(seed: string): Promise<OpenedStreet> {
  const data = mkdtempSync(join(tmpdir(), 'highstreet-journey-'))
  const args = ['scripts/start.ts', '--port', '0', '--data', data, '--seed', seed]
  const child = endWithUs(spawn(process.execPath, args, { cwd: testConfig.root, stdio: ['ignore', 'pipe', 'pipe'] }))
  const url = await addressOf(child)
  const known = () => running.parse(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')))
  const pidOf = (role: string): number => {
    const found = known().processes.find((one) => one.role === role)
    if (!found) throw new Error(`the street runs no ${role}`)
    return found.pid
  }
  return {
    url,
    pause: (role) => process.kill(pidOf(role), 'SIGSTOP'),
    resume: (role) => process.kill(pidOf(role), 'SIGCONT'),
    pass: (seconds) => passOn(known().rpcUrl, seconds),
    happens: async (sql, values) => {
      const client = new pg.Client({ connectionString: known().databases.web })
      await client.connect()
      await client.query(sql, [...values]).finally(() => client.end())
    },
    close: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** The embedded chain's clock jumps ahead of the machine's; its next block is of that time. */
async function passOn(rpcUrl: string, seconds: number): Promise<void> {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const answer = (await (await fetch(rpcUrl, { method: 'POST', headers, body })).json()) as { result?: unknown }
    return answer.result
  }
  const time = async () => {
    const { timestamp } = (await ask('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
    return Number(timestamp)
  }
  const began = await time()
  await ask('evm_increaseTime', [`0x${seconds.toString(16)}`])
  while ((await time()) < began + seconds) await new Promise((resolve) => setTimeout(resolve, 200))
}

function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    const listen = (text: Buffer): void => {
      said += text.toString()
      const open = /Highstreet is open: (http:\S+)/.exec(said)?.[1]
      if (open) resolve(open)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', (code) => reject(new Error(`the street did not open (exit ${code}):\n${said}`)))
  })
}
