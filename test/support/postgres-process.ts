import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { program } from '#indexer/db/binaries.ts'
import { codeOf } from '#indexer/db/connection.ts'
import type { Place } from '#indexer/db/place.ts'
import { endWithUs } from './children.ts'

const patienceMs = 60_000

/** How a server ends: asked politely, told to drop everything, or killed. */
export type Ending = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

const flags = [
  ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=80', 'shared_buffers=64MB'],
  ...[
    'fsync=off',
    'wal_keep_size=64MB',
    'max_wal_size=128MB',
    'wal_receiver_timeout=0',
    'wal_retrieve_retry_interval=100',
  ],
].flatMap((setting) => ['-c', setting])

/** PostgreSQL as a process on a folder of data, which may end in any way and begin again. */
export class PostgresProcess {
  readonly data: string
  readonly port: number
  private readonly place: Place
  private child: ChildProcess | undefined

  constructor(place: Place, data: string, port: number) {
    this.place = place
    this.data = data
    this.port = port
  }

  async begin(): Promise<void> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const child = endWithUs(
        spawn(program(this.place.binaries, 'postgres'), ['-D', this.data, '-p', String(this.port), ...flags], {
          ...this.place.user,
          cwd: dirname(this.data),
          env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } as unknown as NodeJS.ProcessEnv,
          stdio: ['ignore', 'ignore', 'pipe'],
        }),
      )
      let said = ''
      child.stderr?.on('data', (text: Buffer) => {
        said = (said + text.toString()).slice(-4_000)
      })
      this.child = child
      while (!gone(child) && Date.now() < deadline) {
        if (this.isReady(child.pid)) return
        await sleep(10)
      }
      // Those whom a killed server served may still be on their way out.
      if (Date.now() > deadline) throw new Error(`PostgreSQL did not start on ${this.data}:\n${said}`)
      await sleep(50)
    }
  }

  async end(ending: Ending): Promise<void> {
    const { child } = this
    if (child === undefined || gone(child)) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(ending)
    await ended
  }

  async answers(): Promise<boolean> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user: 'nobody', password: 'x', database: 'x' })
    const refused = await client.connect().then(() => undefined, codeOf)
    await client.end().catch(() => undefined)
    // Who is asked for a password is answered; who is told to wait, or nothing, is not.
    return refused?.startsWith('28') === true
  }

  private isReady(pid: number | undefined): boolean {
    const file = join(this.data, 'postmaster.pid')
    if (!existsSync(file)) return false
    const lines = readFileSync(file, 'utf8').split('\n')
    return Number(lines[0]) === pid && ['ready', 'standby'].includes(lines[7]?.trim() ?? '')
  }
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}
