import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { SettingsUnusable, type WatchConfig } from './config.ts'
import type { LastCheck } from './metrics.ts'
import type { Pulse } from './pulse.ts'

/** The open door for those who watch the process. */
export interface Watched {
  readonly port: number
  close(): Promise<void>
}

export interface WatchOptions {
  readonly where: WatchConfig
  readonly pulse: Pulse
  /** The last self-checks. Where they cannot be had, those known before stand. */
  readonly lastChecks: () => Promise<readonly LastCheck[]>
}

/**
 * Answers GET /health (the process lives), /ready (200 where the mirror can be relied on, else 503 and why) and
 * /metrics (figures for Prometheus). It reads nothing but what the process knows and the last self-checks, and says
 * nothing secret.
 */
export async function openWatch(options: WatchOptions): Promise<Watched> {
  const { host, port } = options.where
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy())
  })
  server.headersTimeout = 5_000
  server.requestTimeout = 5_000
  await listen(server, host, port)
  const close = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }
  return { port: (server.address() as AddressInfo).port, close }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program has it' : (error.code ?? error.message)
      reject(new SettingsUnusable(`METRICS_PORT ${port} at ${host} cannot be listened on: ${why}.`))
    })
    server.listen({ host, port, exclusive: true }, resolve)
  })
}

async function answer(options: WatchOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('cache-control', 'no-store')
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { error: 'only GET' })
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/health') return end(response, 200, { ok: true })
  if (pathname === '/ready') {
    const readiness = options.pulse.readiness()
    return end(response, readiness.ready ? 200 : 503, readiness)
  }
  if (pathname !== '/metrics') return end(response, 404, { error: 'there are /health, /ready and /metrics' })
  const { metrics } = options.pulse
  await options.lastChecks().then(
    (checks) => metrics.checked(checks),
    () => undefined,
  )
  const { text, type } = await metrics.page()
  response.writeHead(200, { 'content-type': type }).end(text)
}

function end(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

const patienceMs = 1_000

/** Reads the newest self-check of each name; none where the database has no such table yet. */
export async function readLastChecks(databaseUrl: string): Promise<readonly LastCheck[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows: found } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('ledger.self_check') IS NOT NULL AS there`,
    )
    if (found[0]?.there !== true) return []
    const { rows } = await client.query<LastCheck>(
      'SELECT DISTINCT ON (name) name, verdict, finished FROM ledger.self_check ORDER BY name, began DESC',
    )
    return rows
  } finally {
    await client.end().catch(() => undefined)
  }
}
