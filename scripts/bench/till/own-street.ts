import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { Hex } from 'viem'
import { z } from 'zod'
import { settings as readOwnSettings } from '../../street/config.ts'
import { type Database, startDatabase } from '../../street/database.ts'
import { type Deployment, readDeployment } from '../../street/deployment.ts'
import { takeHall } from '../../street/hall.ts'
import { filesOf, logOf } from '../../street/place.ts'
import { buildPortalIfNeeded } from '../../street/portal-build.ts'
import { freePort } from '../../street/ports.ts'
import { type Child, endProcess, startChild } from '../../street/processes.ts'
import type { Progress } from '../../street/progress.ts'
import { type RoomOptions, startIndexer, startPortal, startRelayer } from '../../street/rooms.ts'
import { type Rpc, rpcAt } from '../../street/rpc.ts'
import { chainFor } from '../../street/street.ts'

export type Killable = 'relayer' | 'web'

/** A street of this bench's own, as `npm start` opens one, whose relayer and portal may be killed and come back. */
export interface BenchStreet {
  readonly origin: string
  readonly rpc: Rpc
  readonly deployment: Deployment
  readonly database: Database
  readonly tills: readonly TillOfStreet[]
  /** Ends the process as a power cut would, and starts it again; resolves when it is ready again. */
  kill(what: Killable): Promise<void>
  /** Seconds of processor time that each of the street's processes has used so far. */
  cpuSeconds(): Readonly<Record<string, number>>
  close(): Promise<void>
}

export interface TillOfStreet {
  readonly shop: number
  readonly till: number
  readonly privateKey: Hex
}

const people = z.object({
  tills: z.array(
    z.object({
      shop: z.int(),
      till: z.int(),
      privateKey: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]),
    }),
  ),
})

/** Opens it on an empty folder, seeded, and removes it when it closes. */
export async function openBenchStreet(folder: string, progress: Progress): Promise<BenchStreet> {
  const settings = readOwnSettings()
  const files = filesOf(folder)
  rmSync(files.home, { recursive: true, force: true })
  const hall = await takeHall(files)
  const staff: Staff = { spare: new Map(), every: new Map(), killed: new Map() }
  let database: Database | undefined
  const close = async (): Promise<void> => {
    for (const child of [...staff.spare.values()].flat().reverse()) await endProcess(child)
    await database?.pool.end()
    await hall.close()
    rmSync(files.home, { recursive: true, force: true })
  }
  try {
    await buildPortalIfNeeded({ log: logOf(files, 'portal-build'), start: hall.start.bind(hall, 'tool') }, (work) =>
      progress.during('building the portal, once', work),
    )
    const noted = noting(hall, staff)
    database = await startDatabase(settings, files, noted)
    const opening = { files, hall: noted, progress, kind: undefined, seed: 'bench', settings } as const
    const { rpcUrl, deploymentFile } = await chainFor({ ...opening, inhabitants: 'demo' }, database)
    const room = { settings, files, database, rpcUrl, deploymentFile, hall: noted }
    const port = await freePort()
    const begin = await rooms(room, staff, port)
    await startIndexer(room)
    await Promise.all([begin.relayer(), begin.web()])
    return {
      origin: `http://127.0.0.1:${port}`,
      rpc: rpcAt(rpcUrl),
      deployment: readDeployment(deploymentFile),
      database,
      tills: people.parse(JSON.parse(readFileSync(files.people, 'utf8'))).tills,
      kill: (what) => killAndBegin(what, staff, begin),
      cpuSeconds: () => cpuSecondsOf(staff),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Staff {
  /** What may be killed belongs to this bench and not to the hall, which would take its end for the street's. */
  readonly spare: Map<Killable, Child[]>
  /** Process numbers by name. */
  readonly every: Map<string, number>
  /** Seconds of processor time by name of those that were killed. */
  readonly killed: Map<string, number>
}

const cpuSecondsOf = ({ every, killed }: Staff): Record<string, number> =>
  Object.fromEntries([...every].map(([name, pid]) => [name, (killed.get(name) ?? 0) + cpuSecondsOfGroup(pid)]))

const noting = (hall: RoomOptions['hall'], { every }: Staff): RoomOptions['hall'] => ({
  ...hall,
  async start(role, options) {
    const child = await hall.start(role, options)
    every.set(child.name, child.pid)
    return child
  },
  async adopt(role, starting) {
    await hall.adopt(role, starting)
    const { name, identity } = await starting
    every.set(name, identity.pid)
  },
})

type Begin = Readonly<Record<Killable, () => Promise<unknown>>>

async function rooms(room: RoomOptions, { spare, every }: Staff, port: number): Promise<Begin> {
  const killable = (what: Killable): RoomOptions => ({
    ...room,
    hall: {
      ...room.hall,
      async start(_, options) {
        const child = await startChild(options)
        spare.set(what, [...(spare.get(what) ?? []), child])
        every.set(child.name, child.pid)
        return child
      },
    },
  })
  const peopleFile = existsSync(room.files.people) ? room.files.people : undefined
  const metricsPort = await freePort()
  const place = { port, origin: `http://localhost:${port}`, rpId: 'localhost', peopleFile }
  return {
    relayer: () => startRelayer(killable('relayer'), { keyFile: room.files.relayerKey, metricsPort }),
    web: () => startPortal(killable('web'), place),
  }
}

async function killAndBegin(what: Killable, staff: Staff, begin: Begin): Promise<void> {
  const children = staff.spare.get(what) ?? []
  if (children.length === 0) throw new Error(`there is no ${what} to kill`)
  const used = cpuSecondsOf(staff)
  for (const { name } of children) staff.killed.set(name, used[name] ?? 0)
  // Each leads a group of its own.
  for (const child of children) process.kill(-child.pid, 'SIGKILL')
  await Promise.all(children.map(({ ended }) => ended))
  staff.spare.delete(what)
  await begin[what]()
}

const ticksPerSecond = 100

/** Of a process and what it has started, those still there; 0 where the system does not tell. */
function cpuSecondsOfGroup(leader: number): number {
  if (process.platform !== 'linux') return 0
  try {
    const stat = readFileSync(`/proc/${leader}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const own = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
    const children = readFileSync(`/proc/${leader}/task/${leader}/children`, 'utf8').trim().split(' ').filter(Boolean)
    return own / ticksPerSecond + children.reduce((sum, child) => sum + cpuSecondsOfGroup(Number(child)), 0)
  } catch {
    return 0
  }
}
