import { once } from 'node:events'
import { pino } from 'pino'
import { ConfigurationError, config as readActsConfig } from '#web/queries/config.ts'
import { closeDatabase } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { readConfig, SettingsUnusable } from './config.ts'
import { rehearse } from './rehearsal.ts'
import { counter } from './serve.ts'

const help = `counter: stands at the street's address; answers what tills send with every sale, hands on the rest

  node --conditions=react-server web/counter/main.ts            until SIGTERM or SIGINT
  node --conditions=react-server web/counter/main.ts --help

Settings: PORT, COUNTER_HOST (default 127.0.0.1), PORTAL_PORT, LOG_LEVEL; and the portal's own: WEB_DATABASE_URL,
RPC_URL, DEPLOYMENT_FILE, PUBLIC_ORIGIN, RP_ID.
Logs JSON lines; {"msg":"ready"} once it listens.`

/** So long may what is under way take when it is asked to end. */
const patienceMs = 8_000

async function main(arguments_: readonly string[]): Promise<number> {
  if (arguments_.includes('--help')) {
    console.log(help)
    return 0
  }
  const { port, host, portalPort, logLevel } = readConfig()
  // Said now rather than with the first sale.
  readActsConfig()
  network()
  const log = pino({ level: logLevel, base: { room: 'counter' } })
  await rehearse().catch((error: unknown) => log.warn({ event: 'rehearsal', err: error }, 'could not be rehearsed'))
  const server = counter({ portalPort })
  server.listen(port, host)
  await once(server, 'listening')
  log.info({ event: 'ready', port }, 'ready')
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve())
  })
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), patienceMs)
  await closed
  clearTimeout(force)
  await closeDatabase()
  log.info({ event: 'stopped' }, 'stopped')
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const sentence = error instanceof SettingsUnusable || error instanceof ConfigurationError
  console.error(sentence ? error.message : error)
  process.exitCode = 1
}
