import { rmSync } from 'node:fs'
import { Complaint } from './complaint.ts'
import { claim } from './lock.ts'
import { readJson, type StreetFiles, writeJson } from './place.ts'
import {
  type Child,
  type ChildOptions,
  endProcess,
  type Identity,
  identityOf,
  lives,
  type Running,
  startChild,
} from './processes.ts'

/** Who leaves first when the street closes: what depends on others before what others depend on. */
export const closingOrder = [
  'tool',
  'counter',
  'portal',
  'webhooks',
  'relayer',
  'indexer',
  'chain',
  'postgres',
] as const
export type Role = (typeof closingOrder)[number]

/** What `running.json` says of an open street. */
export interface RunningStreet {
  readonly starter: Identity
  readonly url?: string
  readonly rpcUrl?: string
  readonly ports?: Readonly<Record<string, number>>
  readonly databases?: Readonly<Record<string, string>>
  readonly processes: readonly (Running & { readonly role: Role })[]
}

interface Staff extends Running {
  readonly role: Role
  readonly end: () => Promise<void>
}

export interface Adopted {
  readonly name: string
  readonly identity: Identity
  readonly log: string
  readonly end: () => Promise<void>
}

/** Everything one start has started, so that exactly that ends with it. */
export interface Hall {
  /** Starts a program that ends with the street. One that was to stay and leaves by itself closes the street. */
  start(role: Role, options: ChildOptions): Promise<Child>
  /** Takes in a server that another part starts; whoever closes the street meanwhile waits for it, and ends it. */
  adopt(role: Role, starting: Promise<Adopted>): Promise<void>
  /** Writes down what others may want to know of the open street. */
  publish(facts: Pick<RunningStreet, 'url' | 'rpcUrl' | 'ports' | 'databases'>): void
  /** Rejects when a server left by itself. */
  readonly broken: Promise<never>
  close(): Promise<void>
}

/** The street is closing, so nothing new begins. */
class Closing extends Complaint {}

/** Takes the data folder for this process; a street that is open on it already is a complaint with its address. */
export async function takeHall(files: StreetFiles): Promise<Hall> {
  const lock = `${files.running}.lock`
  const holder = claim(lock)
  if (holder !== undefined) throw alreadyOpen(files, holder)
  await endLeftovers(files)
  const starter = identityOf(process.pid)
  const staff: Staff[] = []
  const beginnings: Promise<unknown>[] = []
  let facts: Pick<RunningStreet, 'url' | 'rpcUrl' | 'ports' | 'databases'> = {}
  let closing: Promise<void> | undefined
  let breakStreet: (error: Complaint) => void = () => undefined
  const broken = new Promise<never>((_, reject) => {
    breakStreet = reject
  })
  broken.catch(() => undefined)
  const note = (): void => {
    const processes = staff.map(({ name, pid, began, role }) => ({ name, pid, began, role }))
    writeJson(files.running, { starter, ...facts, processes } satisfies RunningStreet, 0o600)
  }
  note()
  return {
    broken,
    async start(role, options) {
      if (closing !== undefined) throw new Closing('The street is closing.')
      const beginning = startChild(options)
      beginnings.push(beginning)
      const child = await beginning
      const end = (): Promise<void> => endProcess(child, 'SIGTERM', role === 'chain' ? 60_000 : 10_000)
      staff.push({ name: child.name, pid: child.pid, began: child.began, role, end })
      note()
      if (role !== 'tool') {
        child.ended.then((ending) => {
          if (closing === undefined) breakStreet(endedByItself(child, ending))
        })
      }
      return child
    },
    async adopt(role, starting) {
      const adoption = starting.then(({ name, identity, log, end }) => {
        staff.push({ name, ...identity, role, end })
        note()
        // It may be nobody's child here, left by an earlier start, so no event tells of its end.
        const watch = setInterval(() => {
          if (closing === undefined && lives(identity)) return
          clearInterval(watch)
          if (closing === undefined) breakStreet(endedByItself({ name, log }, 'killed or crashed'))
        }, 500)
        watch.unref()
      })
      beginnings.push(adoption)
      await adoption
    },
    publish(more) {
      facts = { ...facts, ...more }
      note()
    },
    close() {
      closing ??= Promise.allSettled(beginnings).then(async () => {
        await endAll(staff)
        rmSync(files.running, { force: true })
        rmSync(lock, { force: true })
      })
      return closing
    },
  }
}

const endedByItself = (one: Pick<Child, 'name' | 'log'>, ending: string): Complaint =>
  new Complaint(`The ${one.name} ended unexpectedly (${ending}), so the street is closed. Its log is ${one.log}.`)

async function endAll(staff: readonly Staff[]): Promise<void> {
  for (const role of closingOrder) {
    await Promise.all(staff.filter((one) => one.role === role).map((one) => one.end()))
  }
}

function alreadyOpen(files: StreetFiles, holder: Identity): Complaint {
  const url = runningStreet(files)?.url
  const where = url === undefined ? 'being opened' : `open at ${url}`
  return new Complaint(
    `Highstreet is already ${where}, by process ${holder.pid} on ${files.home}: close that one first.`,
  )
}

/** What an open street says of itself; undefined where none is open. */
export function runningStreet(files: StreetFiles): RunningStreet | undefined {
  const noted = readJson(files.running) as RunningStreet | undefined
  return noted !== undefined && lives(noted.starter) ? noted : undefined
}

/** Ends what a killed start left behind: only processes that are still the very ones it noted. */
async function endLeftovers(files: StreetFiles): Promise<void> {
  let noted: RunningStreet | undefined
  try {
    noted = readJson(files.running) as RunningStreet | undefined
  } catch {
    noted = undefined
  }
  for (const role of closingOrder) {
    for (const one of noted?.processes.filter((process) => process.role === role) ?? []) {
      await endProcess(one, role === 'postgres' ? 'SIGINT' : 'SIGTERM', role === 'chain' ? 60_000 : 10_000)
    }
  }
  rmSync(files.running, { force: true })
}
