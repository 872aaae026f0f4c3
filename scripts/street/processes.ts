import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Complaint } from './complaint.ts'

/** A process named so that no later one with the same number can be taken for it. */
export interface Identity {
  readonly pid: number
  /** What the operating system says about its beginning. */
  readonly began: string
}

export interface Running extends Identity {
  readonly name: string
}

/** When the process with this number began; undefined when there is none, or only the remains of one. */
export function beganOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return beganByPs(pid)
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold spaces; what follows it does not: state first, the beginning in clock ticks 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${boot()} ${fields[19]}`
  } catch {
    return undefined
  }
}

/** Which run of the machine this is; some containers keep it to themselves, and then the clock ticks must do. */
function boot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'boot'
  }
}

function beganByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

export function identityOf(pid: number): Identity {
  return { pid, began: beganOf(pid) ?? 'unknown' }
}

export const lives = (one: Identity): boolean => beganOf(one.pid) === one.began

export interface Child extends Running {
  readonly log: string
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<string>
  hasEnded(): boolean
}

export interface ChildOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly log: string
}

/**
 * Starts a program in a session of its own: Ctrl-C in a terminal reaches only us, who end the children in order.
 * What it says goes to its log file and not through us, so that it outlives us unharmed.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  mkdirSync(dirname(options.log), { recursive: true })
  const log = openSync(options.log, 'a', 0o600)
  writeSync(log, `--- ${new Date().toISOString()} ${options.name}\n`)
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { NODE_ENV: 'production', ...options.env },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
    child.on('error', (error) => resolve(error.message))
  })
  await Promise.race([new Promise((resolve) => child.on('spawn', resolve)), ended])
  if (child.pid === undefined) {
    throw new Complaint(`The ${options.name} could not be started (${await ended}): is ${options.command} there?`)
  }
  return childOf(child, child.pid, options, ended)
}

function childOf(child: ChildProcess, pid: number, options: ChildOptions, ended: Promise<string>): Child {
  return {
    ...identityOf(pid),
    name: options.name,
    log: options.log,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
  }
}

/** Where a log stands now, so that only what is said from here on counts. */
export function logEnd(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

export function logFrom(path: string, offset: number): string {
  try {
    const log = openSync(path, 'r')
    try {
      const said = Buffer.alloc(Math.max(0, fstatSync(log).size - offset))
      return said.subarray(0, readSync(log, said, 0, said.length, offset)).toString('utf8')
    } finally {
      closeSync(log)
    }
  } catch {
    return ''
  }
}

/** Waits until `test` holds; a child that ends first, or takes too long, is a complaint that names its log. */
export async function untilReady(
  child: Child,
  test: () => boolean | Promise<boolean>,
  patienceMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    if (await test()) return
    if (child.hasEnded()) {
      throw new Complaint(
        `The ${child.name} ended at once (${await child.ended}). Its log is ${child.log}.${tail(child)}`,
      )
    }
    if (Date.now() > deadline) {
      throw new Complaint(`The ${child.name} was not ready after ${patienceMs / 1000} s. Its log is ${child.log}.`)
    }
    await sleep(30)
  }
}

function tail(child: Child): string {
  const lines = logFrom(child.log, Math.max(0, logEnd(child.log) - 4_000))
    .trim()
    .split('\n')
  const last = lines.at(-1) ?? ''
  return last.startsWith('---') || last === '' ? '' : ` It ends: ${last.slice(0, 300)}`
}

/** Asks a process to end, waits, and ends it by force when it will not; touches nothing but that one. */
export async function endProcess(
  one: Identity,
  signal: NodeJS.Signals = 'SIGTERM',
  patienceMs = 10_000,
): Promise<void> {
  for (const [next, waitMs] of [
    [signal, patienceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!lives(one)) return
    send(one.pid, next)
    const deadline = Date.now() + waitMs
    while (lives(one) && Date.now() < deadline) await sleep(15)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  // The child leads its own session, so its own children are in its group; after a group is gone, only the process is.
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal)
      return
    } catch {
      // Not a group leader, or gone in this instant.
    }
  }
}
