import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'

/**
 * The same node as one that knows no receipts, which are what a proof is made of: the mirror then takes its word, with
 * what blooms can say. All else passes untouched.
 */
export async function startNoReceipts(nodeUrl: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const node = new URL(nodeUrl)
  const sockets = new Set<Socket>()
  const server = createServer((question, answer) => void pass(question, answer, node))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (question, socket, head) => {
    const other = connect(Number(node.port), node.hostname, () => {
      const lines = [`GET ${question.url} HTTP/1.1`]
      for (let index = 0; index < question.rawHeaders.length; index += 2) {
        lines.push(`${question.rawHeaders[index]}: ${question.rawHeaders[index + 1]}`)
      }
      other.write(`${lines.join('\r\n')}\r\n\r\n`)
      other.write(head)
      socket.pipe(other).pipe(socket)
    })
    other.on('error', () => socket.destroy())
    socket.on('error', () => other.destroy())
    socket.once('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('no free port was given')
  return {
    url: `http://127.0.0.1:${place.port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

interface Question {
  readonly id: unknown
  readonly method: string
}

const receipts = 'eth_getBlockReceipts'
const unknownMethod = { code: -32_601, message: 'Method not found' }
const json = { 'content-type': 'application/json' }

async function pass(question: IncomingMessage, answer: ServerResponse, node: URL): Promise<void> {
  try {
    const body = await wholeOf(question)
    if (!body.includes(receipts)) {
      const given = await askNode(node, body)
      answer.writeHead(given.statusCode ?? 502, json)
      given.pipe(answer)
      return
    }
    const asked = [JSON.parse(body.toString()) as Question | readonly Question[]].flat() as Question[]
    const refused = asked.filter(({ method }) => method === receipts)
    const answers: unknown[] = refused.map(({ id }) => ({ jsonrpc: '2.0', id, error: unknownMethod }))
    const rest = asked.filter(({ method }) => method !== receipts)
    if (rest.length > 0) {
      const given = await wholeOf(await askNode(node, Buffer.from(JSON.stringify(rest))))
      answers.push(...(JSON.parse(given.toString()) as unknown[]))
    }
    answer.writeHead(200, json).end(JSON.stringify(answers))
  } catch {
    answer.destroy()
  }
}

async function wholeOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

function askNode(node: URL, body: Buffer): Promise<IncomingMessage> {
  const headers = { ...json, 'content-length': body.length }
  const options = { host: node.hostname, port: node.port, method: 'POST', path: '/', headers }
  return new Promise((resolve, reject) => {
    request(options, resolve).on('error', reject).end(body)
  })
}
