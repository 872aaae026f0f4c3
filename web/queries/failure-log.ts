import 'server-only'
import { type Logger, pino } from 'pino'
import { secretsIn, withheld } from '#indexer/db/discretion.ts'
import { type Config, config } from './config.ts'

let kept: Logger | undefined

/** The portal's log: JSON lines on the standard output, without passwords and node keys, whoever put them there. */
function log(): Logger {
  if (kept !== undefined) return kept
  const settings = settingsIfReadable()
  const secrets = settings === undefined ? [] : secretsIn([settings.databaseUrl, settings.rpcUrl])
  const opened = pino({ base: { room: 'portal' }, hooks: { streamWrite: withheld(secrets) } })
  // Without settings nothing secret is known to us, and the next one may find them.
  if (settings !== undefined) kept = opened
  return opened
}

function settingsIfReadable(): Config | undefined {
  try {
    return config()
  } catch {
    return undefined
  }
}

/** Notes that a request could not be answered, and why, without the statement's values: those may be somebody's. */
export function logFailure(error: unknown): void {
  const story = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error)
  log().error({ event: 'request.failed', error: story }, 'request failed')
}
