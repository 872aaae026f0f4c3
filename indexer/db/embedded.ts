import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { program } from './binaries.ts'
import { codeOf, connect, DatabaseUnusable, type DatabaseUrls } from './connection.ts'
import { dataOf, giveTo, type Place, placeFor, tracesOf } from './place.ts'
import { keptPasswords, type Passwords, passwordsFile, runtimeUrls } from './roles.ts'

export interface EmbeddedOptions {
  /** Where passwords, port and log are kept, and the data too where that is possible. */
  readonly directory: string
  readonly database: string
  /** A port that must be used; without one, the port of the last run, or else any that is free. */
  readonly port?: number
  /** Gives up safety against power cuts for speed: for tests, whose rows nobody will miss. */
  readonly volatile?: boolean
  /** Where data go when the unprivileged user cannot reach `directory`. */
  readonly privateBase?: string
}

export interface EmbeddedPostgres {
  readonly urls: DatabaseUrls
  readonly port: number
  /** The process id of PostgreSQL's first process. */
  readonly pid: number
  readonly data: string
  /** False when another living process started it: then `stop` leaves it running. */
  readonly startedHere: boolean
  stop(): Promise<void>
}

const patienceMs = 60_000

/**
 * Starts a PostgreSQL of our own from the programs that npm installed, or joins the one that already runs on the same
 * data. Survives killed predecessors: their data recover, and a server they left behind is taken over.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = placeFor(options.directory, options.privateBase ?? '/var/tmp')
  assertPasswordsKept(place)
  const passwords = keptPasswords(place.home)
  await initialize(place, passwords.owner)
  const server = await startOrJoin(place, options, passwords)
  writeFileSync(join(place.home, 'pg-port'), `${server.port}\n`)
  const owner = ownerUrl(server.port, passwords.owner, options.database)
  return { ...server, data: place.data, urls: runtimeUrls(owner, passwords) }
}

/** Made anew, they would not be those the data were made with. */
function assertPasswordsKept({ home, data }: Place): void {
  if (!existsSync(join(data, 'PG_VERSION')) || existsSync(passwordsFile(home))) return
  throw new DatabaseUnusable(
    `${passwordsFile(home)} is gone, and the database cannot be entered without: bring it back, or begin anew with ` +
      '--reset.',
  )
}

function ownerUrl(port: number, password: string, database: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

/** Removes everything `startEmbedded` made for this directory. Refuses while another process uses the database. */
export async function removeEmbedded(directory: string): Promise<void> {
  const data = dataOf(directory)
  const running = data === undefined ? undefined : postmasterOf(data)
  if (data !== undefined && running !== undefined && alive(running.pid)) {
    const starter = starterOf(directory)
    if (starter !== undefined && starter !== process.pid && alive(starter)) {
      throw new DatabaseUnusable(
        `The database in ${directory} is in use by process ${starter}. Stop that one first, then reset.`,
      )
    }
    await stopPostmaster(data, running.pid)
  }
  for (const path of tracesOf(directory)) rmSync(path, { recursive: true, force: true })
}

// The child sees none of our environment: a stray PG variable must not change what runs.
const bareEnvironment: Readonly<Record<string, string>> = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }

/** Makes the data folder once. It appears under its name only when complete, so a crash here leaves nothing half. */
async function initialize(place: Place, password: string): Promise<void> {
  if (existsSync(join(place.data, 'PG_VERSION'))) return
  const unfinished = `${place.data}.${randomUUID()}.new`
  const passwordFile = `${unfinished}.password`
  try {
    mkdirSync(unfinished, { mode: 0o700 })
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
    giveTo(place.user, unfinished)
    giveTo(place.user, passwordFile)
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    const rest = ['--pgdata', unfinished, '--no-sync', '--no-instructions']
    await runToEnd(program(place.binaries, 'initdb'), [...rest, ...locale, ...access], place)
    renameSync(unfinished, place.data)
  } catch (error) {
    // Another start was faster: its data are the ones to use.
    if (!existsSync(join(place.data, 'PG_VERSION'))) throw error
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(unfinished, { recursive: true, force: true })
  }
}

function runToEnd(command: string, args: readonly string[], place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...place.user,
      cwd: dirname(place.data),
      env: bareEnvironment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString()
    })
    child.on('error', (error) => reject(new DatabaseUnusable(`${command} could not be run: ${error.message}`)))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new DatabaseUnusable(`PostgreSQL could not make its data folder ${place.data}:\n${said.trim()}`))
    })
  })
}

interface RunningServer {
  readonly port: number
  readonly pid: number
  readonly startedHere: boolean
  stop(): Promise<void>
}

async function startOrJoin(place: Place, options: EmbeddedOptions, passwords: Passwords): Promise<RunningServer> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const joined = await joinRunning(place, passwords)
    if (joined !== undefined) return joined
    const port = options.port ?? (await choosePort(place.home))
    const attempt = await launch(place, options, port)
    if (attempt.ready) return startedBy(place, attempt.child, port)
    const log = readFileSync(logOf(place), 'utf8')
    // A killed server may still be on its way out, or another start may have come first: both pass.
    const passing = log.includes('lock file "postmaster.pid" already exists') || log.includes('is still in use')
    const portTaken = /could not bind|Address already in use/.test(log)
    if (portTaken && options.port !== undefined) {
      throw new DatabaseUnusable(
        `Port ${options.port}, asked for the embedded PostgreSQL, is in use by another program.`,
      )
    }
    if (portTaken) rmSync(join(place.home, 'pg-port'), { force: true })
    if ((!passing && !portTaken) || Date.now() > deadline) {
      throw new DatabaseUnusable(
        `PostgreSQL did not start on ${place.data}. Its log (${logOf(place)}) ends:\n${log.trim().slice(-2000)}`,
      )
    }
    await sleep(250)
  }
}

const logOf = (place: Place): string => join(place.home, 'postgres.log')

async function launch(
  place: Place,
  options: EmbeddedOptions,
  port: number,
): Promise<{ readonly ready: boolean; readonly child: ChildProcess }> {
  const log = openSync(logOf(place), 'w', 0o600)
  const settings = { ...everydaySettings, ...(options.volatile === true ? volatileSettings : {}) }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(program(place.binaries, 'postgres'), ['-D', place.data, '-p', String(port), ...flags], {
    ...place.user,
    cwd: dirname(place.data),
    env: bareEnvironment as NodeJS.ProcessEnv,
    // A group of its own: Ctrl-C in a terminal is for us, who stop the database last.
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', () => {
    ended = true
  })
  const deadline = Date.now() + patienceMs
  while (!ended && Date.now() < deadline) {
    const server = postmasterOf(place.data)
    if (server?.pid === child.pid && server?.ready === true) return { ready: true, child }
    await sleep(20)
  }
  if (!ended) child.kill('SIGQUIT')
  return { ready: false, child }
}

const everydaySettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  max_connections: '200',
}
const volatileSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '256MB' }

function startedBy(place: Place, child: ChildProcess, port: number): RunningServer {
  recordStarter(place.home)
  const pid = child.pid ?? 0
  return { port, pid, startedHere: true, stop: () => stopPostmaster(place.data, pid) }
}

/** The server that already runs on these data; ours to stop if whoever started it is gone. */
async function joinRunning(place: Place, passwords: Passwords): Promise<RunningServer | undefined> {
  const running = postmasterOf(place.data)
  if (running === undefined || !running.ready || !alive(running.pid)) return undefined
  const url = ownerUrl(running.port, passwords.owner, 'postgres')
  const client = await connect(url, 'the embedded PostgreSQL').catch(() => undefined)
  if (client === undefined) return undefined
  await client.end()
  const starter = starterOf(place.home)
  const orphan = starter === undefined || !alive(starter)
  if (orphan) recordStarter(place.home)
  const stop = async (): Promise<void> => {
    if (orphan) await stopPostmaster(place.data, running.pid)
  }
  return { port: running.port, pid: running.pid, startedHere: orphan, stop }
}

/** What PostgreSQL writes about itself: process id, port and state stand on fixed lines. */
function postmasterOf(
  data: string,
): { readonly pid: number; readonly port: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const starterFile = (home: string): string => join(home, 'pg-starter')

function recordStarter(home: string): void {
  writeFileSync(starterFile(home), `${process.pid}\n`)
}

function starterOf(home: string): number | undefined {
  return existsSync(starterFile(home)) ? Number(readFileSync(starterFile(home), 'utf8')) : undefined
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Ends connections and shuts down cleanly; a server that will not is told to drop everything, which it survives. */
async function stopPostmaster(data: string, pid: number): Promise<void> {
  // Where nobody collects dead processes an orphan stays listed for ever; its own file tells that it went.
  const running = (): boolean => alive(pid) && postmasterOf(data)?.pid === pid
  for (const [signal, milliseconds] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (!running()) return
    process.kill(pid, signal)
    const deadline = Date.now() + milliseconds
    while (running() && Date.now() < deadline) await sleep(20)
  }
}

async function choosePort(home: string): Promise<number> {
  const kept = existsSync(join(home, 'pg-port')) ? Number(readFileSync(join(home, 'pg-port'), 'utf8')) : 0
  return (kept > 0 ? await freePort(kept) : undefined) ?? (await freePort(0)) ?? 0
}

/** The port asked for, or any when asked for 0, if this machine lets us have it now. */
function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.on('error', () => resolve(undefined))
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}
