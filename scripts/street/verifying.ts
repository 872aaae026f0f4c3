import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseUrls } from '#indexer/db/connection.ts'
import { Complaint } from './complaint.ts'
import { settings as readOwnSettings, type Settings } from './config.ts'
import { scratchBeside, startDatabase } from './database.ts'
import { type RunningStreet, runningStreet, takeHall } from './hall.ts'
import { checkout, filesOf, type StreetFiles } from './place.ts'
import type { Progress } from './progress.ts'
import { startIndexer } from './rooms.ts'
import { chainFor } from './street.ts'

/** A mirror and its chain, both answering. */
export interface MirrorAtHand {
  readonly rpcUrl: string
  readonly deploymentFile: string
  readonly indexerUrl: string
  /** Where the ledger may be rebuilt; undefined where the owner of the database may make no second one. */
  readonly scratchUrl: string | undefined
  leave(): Promise<void>
}

/** The mirror of the street on this data folder: of the open one as it runs, else started for the while. */
export async function mirrorOf(data: string, progress: Progress): Promise<MirrorAtHand> {
  const settings = readOwnSettings()
  const files = filesOf(data)
  const running = runningStreet(files)
  if (running !== undefined) return await joined(running, settings, files, progress)
  if (settings.outside === undefined && !existsSync(files.deployment)) {
    throw new Complaint(
      `There is no mirror to verify: no street was ever opened on ${files.home}. ` +
        'Open one with npm start, or name the folder of another with --data.',
    )
  }
  return await opened(settings, files, progress)
}

async function joined(
  running: RunningStreet,
  settings: Settings,
  files: StreetFiles,
  progress: Progress,
): Promise<MirrorAtHand> {
  const { url, rpcUrl, databases } = running
  const { owner, indexer, web } = databases ?? {}
  if (rpcUrl === undefined || owner === undefined || indexer === undefined || web === undefined) {
    throw new Complaint('The street on this data folder is just being opened: run this again when it is open.')
  }
  progress.say(`checking the street that is open at ${url}`)
  const urls: DatabaseUrls = { owner, indexer, web }
  const deploymentFile = settings.outside?.deploymentFile ?? files.deployment
  return {
    rpcUrl,
    deploymentFile: resolve(checkout, deploymentFile),
    indexerUrl: indexer,
    scratchUrl: databases?.['scratch'] ?? (await scratchBeside(urls)),
    leave: async () => undefined,
  }
}

/** Database, chain and mirror, and nothing else of the street; the mirror first takes in what the chain has. */
async function opened(settings: Settings, files: StreetFiles, progress: Progress): Promise<MirrorAtHand> {
  progress.say(`the street on ${files.home} is closed; starting database, chain and mirror for the while`)
  const hall = await takeHall(files)
  const stop = async (): Promise<void> => {
    await hall.close()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  try {
    const database = await startDatabase(settings, files, hall)
    const leave = async (): Promise<void> => {
      await database.pool.end().catch(() => undefined)
      await hall.close()
    }
    try {
      const shape = { kind: undefined, seed: undefined, inhabitants: 'demo' } as const
      const { rpcUrl, deploymentFile } = await chainFor({ ...shape, settings, files, hall, progress }, database)
      // The mirror's own checks would only take turns with these.
      const quiet = { ...settings, selfCheck: { SELF_CHECK_SECONDS: '0' } }
      await startIndexer({ settings: quiet, files, hall, database, rpcUrl, deploymentFile })
      const { urls, scratchUrl } = database
      return { rpcUrl, deploymentFile, indexerUrl: urls.indexer, scratchUrl, leave }
    } catch (error) {
      await database.pool.end().catch(() => undefined)
      throw error
    }
  } catch (error) {
    await hall.close()
    throw error
  }
}
