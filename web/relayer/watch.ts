import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type pg from 'pg'
import type { Logger } from 'pino'
import { SettingsUnusable } from './config.ts'
import { deadLetters, queuesIn, retryDeadLetter } from './dead-letters.ts'
import type { RelayerMetrics } from './metrics.ts'
import { operatorsPage, type Seen } from './operators-page.ts'
import type { Lane } from './street.ts'

/** The open door for those who watch the process. */
export interface Watched {
  readonly port: number
  close(): Promise<void>
}

export interface WatchOptions {
  readonly where: { readonly host: string; readonly port: number }
  readonly pool: pg.Pool
  readonly log: Logger
  readonly metrics: RelayerMetrics
  readonly lanes: readonly Lane[]
  readonly standing: { readonly leads: boolean; readonly turnedAt: number | null }
}

/** A round that ended longer ago than this is no good sign. */
const readyWithinMs = 30_000

/**
 * Answers GET / (the operator's page), /health, /ready, /metrics and /dead-letters, and POST /dead-letters/retry, on
 * the address it was told to, which is this machine's own unless somebody wants it otherwise.
 */
export async function openWatch(options: WatchOptions): Promise<Watched> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.log.warn({ event: 'watch.failed', error: String(error) }, 'a question could not be answered')
      if (response.headersSent) response.destroy()
      else end(response, 503, { error: 'the books cannot be reached' })
    })
  })
  server.headersTimeout = 5_000
  server.requestTimeout = 5_000
  await listen(server, options.where)
  const close = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }
  return { port: (server.address() as AddressInfo).port, close }
}

async function listen(server: Server, { host, port }: WatchOptions['where']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program has it' : (error.code ?? error.message)
      reject(new SettingsUnusable(`RELAYER_METRICS_PORT ${port} at ${host} cannot be listened on: ${why}.`))
    })
    server.listen({ host, port, exclusive: true }, resolve)
  })
}

async function answer(options: WatchOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-content-type-options', 'nosniff')
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (request.method === 'POST' && pathname === '/dead-letters/retry') return await retry(options, request, response)
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { error: 'only GET' })
  if (pathname === '/health') return end(response, 200, { ok: true })
  if (pathname === '/ready') return ready(options, response)
  if (pathname === '/metrics') return await figures(options, response)
  if (pathname === '/dead-letters') {
    return end(response, 200, { deadLetters: await withDatabase(options.pool, (client) => deadLetters(client, 1_000)) })
  }
  if (pathname !== '/') return end(response, 404, { error: 'there are /, /health, /ready, /metrics and /dead-letters' })
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(operatorsPage(await seen(options)))
}

function ready({ standing: { leads, turnedAt } }: WatchOptions, response: ServerResponse): void {
  const reasons = [
    ...(leads ? [] : ['another relayer leads, or none can']),
    ...(turnedAt !== null && Date.now() - turnedAt <= readyWithinMs ? [] : ['no round has come to its end lately']),
  ]
  end(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons })
}

async function figures({ pool, metrics }: WatchOptions, response: ServerResponse): Promise<void> {
  // Figures of the process are told also while the books are away.
  await withDatabase(pool, queuesIn).then(
    ({ queues, dead }) => metrics.books(queues, dead),
    () => undefined,
  )
  const { text, type } = await metrics.page()
  response.writeHead(200, { 'content-type': type }).end(text)
}

async function seen({ pool, lanes, standing }: WatchOptions): Promise<Seen> {
  return await withDatabase(pool, async (client) => ({
    leads: standing.leads,
    turnedAt: standing.turnedAt === null ? null : new Date(standing.turnedAt),
    lanes: lanes.map(({ account, retiring, memory }) => {
      return { address: account.address, retiring, waiting: memory.waiting }
    }),
    ...(await queuesIn(client)),
    deadLetters: await deadLetters(client),
  }))
}

async function retry({ pool, log }: WatchOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A page of another site must not press the button: browsers say where they come from.
  const from = request.headers['sec-fetch-site']
  if (from !== undefined && from !== 'same-origin' && from !== 'none') {
    return end(response, 403, { error: 'this is for the operator’s own page' })
  }
  const asked = new URLSearchParams(await bodyOf(request))
  const [shop, key] = [Number(asked.get('shop')), asked.get('key') ?? '']
  if (!Number.isSafeInteger(shop) || shop < 0 || key === '') return end(response, 400, { error: 'name shop and key' })
  const retried = await withDatabase(pool, (client) => retryDeadLetter(client, { shop, key }))
  log.info({ event: 'deadLetter.retried', shop, key, retried }, 'a wish that was given up is tried again')
  if (!retried) return end(response, 404, { error: 'there is no such dead letter' })
  if (!(request.headers.accept ?? '').includes('text/html')) return end(response, 200, { retried })
  response.writeHead(303, { location: '/' }).end()
}

const mostBodyBytes = 4_096

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBodyBytes) throw new Error('a body larger than any form of ours')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

async function withDatabase<Answer>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Answer>): Promise<Answer> {
  const client = await pool.connect()
  // Cut off between two questions: the next one says so.
  const cutOff = (): void => undefined
  client.on('error', cutOff)
  try {
    return await work(client)
  } finally {
    client.off('error', cutOff)
    client.release()
  }
}

function end(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${text}\n`)
}
