import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { chanceFrom } from '../street/random.ts'
import type { Exchange, Trouble } from './observed.ts'

/** Stands before a street: hands on what a till sends, and makes trouble for the answers as chance has it. */
export interface Doorman {
  readonly address: string
  readonly exchanges: readonly Exchange[]
  close(): Promise<void>
}

export interface DoormanOptions {
  /** The street's origin. */
  readonly street: string
  readonly port: number
  readonly seed: string
  /** Of a hundred answers so many meet with trouble. */
  readonly troubled: number
  readonly lateMs: number
  /** What a till is told that comes at a bad moment. */
  readonly retryAfterSeconds: number
}

const kinds: readonly Trouble[] = ['swallowed', 'unavailable', 'late']

export async function openDoorman(options: DoormanOptions): Promise<Doorman> {
  const exchanges: Exchange[] = []
  const chance = chanceFrom(`conformance ${options.seed}`)
  const server = createServer((request, response) => {
    const trouble = chance.happens(options.troubled / 100) ? chance.pick(kinds) : 'none'
    hand(options, { request, response, trouble, exchanges }).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly trouble: Trouble
  readonly exchanges: Exchange[]
}

async function hand(
  { street, lateMs, retryAfterSeconds }: DoormanOptions,
  { request, response, trouble, exchanges }: Visit,
): Promise<void> {
  const atMs = performance.now()
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  const text = Buffer.concat(parts).toString('utf8')
  const path = new URL(request.url ?? '/', 'http://localhost').pathname
  const note = (more: Pick<Exchange, 'status' | 'code' | 'retryAfterSeconds'>): void => {
    exchanges.push({ atMs, path, body: parsedOrNull(text), trouble, ...more })
  }
  if (trouble === 'unavailable') {
    const headers = { 'content-type': 'application/problem+json', 'retry-after': `${retryAfterSeconds}` }
    note({ status: 503, code: 'unavailable', retryAfterSeconds })
    response
      .writeHead(503, headers)
      .end('{"type":"/problems/unavailable","title":"","status":503,"code":"unavailable"}')
    return
  }
  const answer = await fetch(street + (request.url ?? '/'), {
    method: request.method ?? 'GET',
    headers: handedOn(request),
    ...(text === '' ? {} : { body: text }),
  })
  const said = await answer.text()
  if (trouble === 'late') await sleep(lateMs)
  const after = Number(answer.headers.get('retry-after') ?? 'none')
  const told = parsedOrNull(said) as { code?: unknown } | null
  const code = typeof told?.code === 'string' ? told.code : null
  note({
    status: trouble === 'swallowed' ? null : answer.status,
    code,
    retryAfterSeconds: Number.isFinite(after) ? after : null,
  })
  // The street has taken it, and the till will never know: what a broken line does.
  if (trouble === 'swallowed') response.destroy()
  else response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(said)
}

function handedOn({ headers }: IncomingMessage): Record<string, string> {
  const kept = ['content-type', 'authorization', 'highstreet-shift', 'accept']
  return Object.fromEntries(kept.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])))
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
