import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { busyRoutes } from '#web/app/api/busy-routes.ts'
import { posted } from '#web/app/api/door.ts'
import { boundedBytes, type Told } from '#web/app/api/told.ts'
import { portalBehind } from './portal.ts'

// As the portal says of everything it answers (next.config.ts); what is no page needs no more.
const always = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' }

/**
 * What stands at the street's address: the requests that tills send with every sale are answered here, in a process
 * that does nothing else; everything else goes on to the portal, unread. A till is not kept waiting by pages.
 */
export function counter({ portalPort }: { readonly portalPort: number }): Server {
  const portal = portalBehind(portalPort)
  const server = createServer((request, response) => {
    const route = busyRoute(request)
    if (route === null) portal.pass(request, response)
    else void answer(request, response, route)
  })
  server.on('upgrade', (_, socket) => socket.destroy())
  server.on('close', () => portal.close())
  return server
}

type BusyRoute = (typeof busyRoutes)[keyof typeof busyRoutes]

/** Whoever brings a cookie may be somebody who has come in, and that is for the portal to know. */
function busyRoute({ method, url, headers }: IncomingMessage): BusyRoute | null {
  if (method !== 'POST' || headers.cookie !== undefined || url === undefined || !Object.hasOwn(busyRoutes, url)) {
    return null
  }
  return busyRoutes[url as keyof typeof busyRoutes]
}

async function answer(request: IncomingMessage, response: ServerResponse, { rules, act }: BusyRoute): Promise<void> {
  const { headers } = request
  const one = (name: string): string | null => {
    const value = headers[name]
    return typeof value === 'string' ? value : (value?.join(', ') ?? null)
  }
  const asked = {
    method: 'POST',
    headers: { get: one, has: (name: string) => headers[name] !== undefined },
    bytes: (most: number) => boundedBytes(request, most),
  }
  try {
    end(request, response, await posted({ asked, person: async () => null }, rules, act))
  } catch {
    // Whoever asked has gone in the middle of their request.
    response.destroy()
  }
}

function end(request: IncomingMessage, response: ServerResponse, { status, headers, text }: Told): void {
  // What was too large is not read to its end, so nothing else can come over this connection.
  const closing: Record<string, string> = request.complete ? {} : { connection: 'close' }
  const length = { 'content-length': `${Buffer.byteLength(text)}` }
  response.writeHead(status, { ...always, ...headers, ...length, ...closing })
  response.end(text)
}
