import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { refuse } from '#web/acts/refusal.ts'
import { problemTold } from '#web/app/api/told.ts'

/** The portal as the counter sees it. */
export interface PortalBehind {
  /** Hands a request on as it came, and its answer back as it comes. */
  pass(request: IncomingMessage, response: ServerResponse): void
  close(): void
}

/** Shorter than the portal keeps a connection that nobody uses, so that none is closed as it is used. */
const idleMs = 30_000

const ofOneConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'])

export function portalBehind(port: number): PortalBehind {
  const agent = new Agent({ keepAlive: true, timeout: idleMs })
  return {
    pass(request, response) {
      const { method, url: path } = request
      const headers = handedOn(request.rawHeaders)
      // As the portal would have written itself, had the request come to it: who asks is counted by it.
      if (request.headers['x-forwarded-for'] === undefined) {
        headers.push('x-forwarded-for', request.socket.remoteAddress ?? '')
      }
      const asking = ask({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, handedOn(answer.rawHeaders))
        pipeline(answer, response, () => undefined)
      })
      // An idle connection is closed by the agent; one in use may take its time.
      asking.on('timeout', () => undefined)
      asking.on('error', () => away(response))
      response.on('close', () => {
        if (!response.writableFinished) asking.destroy()
      })
      pipeline(request, asking, () => undefined)
    },
    close: () => agent.destroy(),
  }
}

/** Names and values as they came, but for those that are about the connection itself. */
function handedOn(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]]
    if (!ofOneConnection.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}

function away(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, text } = problemTold(refuse('unavailable'))
  response.writeHead(status, headers)
  response.end(text)
}
