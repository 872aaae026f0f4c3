import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { openPool } from '#indexer/db/client.ts'
import { Complaint } from '../complaint.ts'
import { settings } from '../config.ts'
import { type Deployment, readDeployment } from '../deployment.ts'
import { runningStreet } from '../hall.ts'
import { claim } from '../lock.ts'
import { filesOf, type StreetFiles } from '../place.ts'
import type { Progress } from '../progress.ts'
import { type Rpc, rpcAt } from '../rpc.ts'
import { openStreet } from '../street.ts'

/** A street to work on: its portal, its books, its chain. */
export interface Site {
  readonly portal: string
  readonly db: pg.Pool
  readonly rpc: Rpc
  readonly deployment: Deployment
  readonly files: StreetFiles
}

export interface SiteWishes {
  readonly data: string
  readonly port: number
}

export interface OpenSite extends Site {
  readonly broken: Promise<never>
  leave(): Promise<void>
}

/** The street that is open on the data folder, or one opened for this and closed again afterwards. */
export function siteOn(
  wishes: SiteWishes,
  progress: Progress,
): { readonly site: Promise<OpenSite>; leave(): Promise<void> } {
  const files = filesOf(wishes.data)
  const found = runningStreet(files)
  if (found !== undefined) {
    const site = joined(files, progress)
    return { site, leave: () => site.then((one) => one.leave()).catch(() => undefined) }
  }
  const inhabitants = existsSync(files.deployment) ? 'demo' : 'nobody'
  const past = 'kept' as const
  const options = {
    data: wishes.data,
    port: wishes.port,
    kind: undefined,
    seed: undefined,
    inhabitants,
    past,
    progress,
  } as const
  const opening = openStreet(options)
  const leave = async (): Promise<void> => {
    const begun = await opening.catch(() => undefined)
    await begun?.close()
  }
  const site = opening.then(async ({ opened }) => {
    const street = await opened
    const { rpcUrl, deployment, database, broken } = street
    const portal = `http://127.0.0.1:${runningStreet(files)?.ports?.['portal'] ?? wishes.port}`
    return { portal, db: database.pool, rpc: rpcAt(rpcUrl), deployment, files, broken, leave }
  })
  site.catch(() => undefined)
  return { site, leave }
}

/** Rejects when the street that is used closes. */
function untilClosed(files: StreetFiles): Promise<never> {
  const closed = new Promise<never>((_, reject) => {
    const look = setInterval(() => {
      if (runningStreet(files) !== undefined) return
      clearInterval(look)
      reject(new Complaint('The street closed meanwhile: open it and run the same command again to go on from here.'))
    }, 500)
    look.unref()
  })
  closed.catch(() => undefined)
  return closed
}

async function joined(files: StreetFiles, progress: Progress): Promise<OpenSite> {
  const deadline = Date.now() + 600_000
  for (;;) {
    const found = runningStreet(files)
    if (found === undefined) throw new Complaint('The street closed while this waited for it. Run this again.')
    const owner = found.databases?.['owner']
    const port = found.ports?.['portal']
    if (found.rpcUrl !== undefined && owner !== undefined && port !== undefined) {
      progress.say(`using the street that is open at ${found.url}`)
      const db = openPool(owner, { name: 'highstreet replay' })
      const outside = settings().outside
      const deployment = readDeployment(outside?.deploymentFile ?? files.deployment)
      const site = {
        portal: `http://127.0.0.1:${port}`,
        db,
        rpc: rpcAt(found.rpcUrl),
        deployment,
        files,
        broken: untilClosed(files),
      }
      return { ...site, leave: () => db.end() }
    }
    if (Date.now() > deadline)
      throw new Complaint('The street on this data folder is being opened, and does not come to an end.')
    await sleep(500)
  }
}

/** Two imports at once would sign with the same officers' numbers: the second is told to wait. */
export async function alone<Result>(files: StreetFiles, work: () => Promise<Result>): Promise<Result> {
  const lock = join(files.imports, 'lock')
  const holder = claim(lock)
  if (holder !== undefined) {
    throw new Complaint(`Process ${holder.pid} brings a file into this street: run this again when it has ended.`)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** What closes the street breaks a question to it first; the street's own words say more. */
export function orItsCause<Result>(work: Promise<Result>, { broken }: OpenSite): Promise<Result> {
  return work.catch((error: unknown) => {
    if (error instanceof Complaint) throw error
    return Promise.race([broken, sleep(2_000).then(() => Promise.reject(error))])
  })
}
