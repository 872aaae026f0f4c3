import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openPool } from '#indexer/db/client.ts'
import { secretsIn, withheld } from '#indexer/db/discretion.ts'
import { readConfig, SettingsUnusable } from './config.ts'
import { turn } from './turn.ts'

const help = `webhooks: tells shops' own programs what became of receipts

  node web/webhooks/main.ts            until SIGTERM or SIGINT
  node web/webhooks/main.ts --help

It calls out to the open network, so it is a process of its own and holds no key. Settings: WEB_DATABASE_URL, LOG_LEVEL;
WEBHOOKS_ANYWHERE=true also tells at http and within the house, for a trial on one's own machine.`

const restMs = 500
const patienceMs = 10_000
const outageMs = 2_000

async function main(arguments_: readonly string[]): Promise<number> {
  if (arguments_.includes('--help')) {
    console.log(help)
    return 0
  }
  const config = readConfig()
  const hooks = { streamWrite: withheld(secretsIn([config.databaseUrl])) }
  const log = pino({ level: config.logLevel, base: { room: 'webhooks' }, hooks })
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  const pool = openPool(config.databaseUrl, { name: 'highstreet webhooks', connections: 1 })
  const rest = (milliseconds: number) => sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined)
  let complaint = ''
  log.info({ event: 'ready' }, 'ready')
  while (!stop.signal.aborted) {
    const client = await pool.connect().catch(() => null)
    // Cut off between two questions: the next one says so.
    client?.on('error', () => undefined)
    try {
      if (client === null) throw new Error('the database does not answer')
      // Of several of these one tells; the lock ends with the connection.
      const { rows } = await client.query<{ leads: boolean }>(
        `SELECT pg_try_advisory_lock(hashtextextended('webhooks', 0)) AS leads`,
      )
      while (rows[0]?.leads === true && !stop.signal.aborted) {
        const room = { database: client, log, rules: { anywhere: config.anywhere, patienceMs } }
        if ((await turn(room)) === 0) await rest(restMs)
        complaint = ''
      }
    } catch (error) {
      const story = error instanceof Error ? error.message : String(error)
      if (story !== complaint) log.error({ event: 'interrupted', error: story }, 'interrupted; trying again')
      complaint = story
    } finally {
      client?.release(true)
    }
    await rest(outageMs)
  }
  await pool.end()
  log.info({ event: 'stopped' }, 'stopped')
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof SettingsUnusable ? error.message : error)
  process.exitCode = 1
}
