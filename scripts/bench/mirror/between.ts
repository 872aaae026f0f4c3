import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A JSON-RPC question as it travels. */
export interface Question {
  readonly id: unknown
  readonly method: string
}

/** A JSON-RPC answer as it travels. */
export interface Answer {
  readonly id: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

/** What somebody between an indexer and its node makes of some of the questions; all else passes untouched. */
export interface Meddling {
  /** Methods that are looked at. */
  readonly methods: readonly string[]
  /** An answer in the node's place; undefined where the node is to be asked. */
  instead?(question: Question): Answer | undefined
  /** What becomes of the node's answer. */
  change?(question: Question, answer: Answer): Answer
}

export interface Between {
  readonly url: string
  close(): Promise<void>
}

/** The node at another address, behind somebody who meddles; web sockets pass untouched. */
export async function startBetween(nodeUrl: string, meddling: Meddling): Promise<Between> {
  const node = new URL(nodeUrl)
  const sockets = new Set<Socket>()
  const server = createServer((question, answer) => void pass(question, answer, node, meddling))
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

const json = { 'content-type': 'application/json' }

async function pass(question: IncomingMessage, answer: ServerResponse, node: URL, meddling: Meddling): Promise<void> {
  try {
    const body = await wholeOf(question)
    if (!meddling.methods.some((method) => body.includes(method))) {
      const given = await askNode(node, body)
      answer.writeHead(given.statusCode ?? 502, json)
      given.pipe(answer)
      return
    }
    const asked = JSON.parse(body.toString()) as Question | readonly Question[]
    const answers = await meddled([asked].flat() as readonly Question[], node, meddling)
    answer.writeHead(200, json).end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]))
  } catch {
    answer.destroy()
  }
}

async function meddled(asked: readonly Question[], node: URL, meddling: Meddling): Promise<readonly Answer[]> {
  const instead = asked.map((one) => meddling.instead?.(one))
  const rest = asked.filter((_, index) => instead[index] === undefined)
  const answers = instead.filter((one) => one !== undefined)
  if (rest.length === 0) return answers
  const given = await wholeOf(await askNode(node, Buffer.from(JSON.stringify(rest))))
  const said = JSON.parse(given.toString()) as readonly Answer[]
  return [...answers, ...said.map((one) => changed(asked, one, meddling))]
}

function changed(asked: readonly Question[], answer: Answer, { methods, change }: Meddling): Answer {
  const question = asked.find(({ id }) => id === answer.id)
  if (question === undefined || change === undefined || !methods.includes(question.method)) return answer
  return change(question, answer)
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
