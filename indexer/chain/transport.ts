import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** Why no whole answer came. */
export type Failure = 'away' | 'busy' | 'late' | 'tooLarge' | 'garbled'

/** No whole answer came. The reason never holds the address: it may hold a key. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly failure: Failure
  /** The least time to wait before asking again, where the other side named one. */
  readonly waitMs: number

  constructor(failure: Failure, reason: string, waitMs = 0) {
    super(reason)
    this.failure = failure
    this.waitMs = waitMs
  }
}

export interface PostLimits {
  readonly timeoutMs: number
  readonly mostBytes: number
}

const unzip = promisify(gunzip)

/** Posts JSON and gives what comes back, unzipped; throws NoAnswer. Connections are kept open by Node's own agent. */
export async function postJson(url: URL, body: string, limits: PostLimits): Promise<Buffer> {
  const { bytes, zipped } = await exchange(url, body, limits)
  if (!zipped) return bytes
  try {
    return await unzip(bytes, { maxOutputLength: limits.mostBytes })
  } catch (error) {
    if (error instanceof RangeError) throw new NoAnswer('tooLarge', 'its answer is too large')
    throw new NoAnswer('garbled', 'its answer is no JSON')
  }
}

/** What the bytes of an answer say; throws NoAnswer where they are no JSON. */
export function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new NoAnswer('garbled', 'its answer is no JSON')
  }
}

interface Received {
  readonly bytes: Buffer
  readonly zipped: boolean
}

/** node:http rather than fetch: half of its time for each answer, and the answer can be measured as it comes. */
function exchange(url: URL, body: string, { timeoutMs, mostBytes }: PostLimits): Promise<Received> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest
    const asked = send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'accept-encoding': 'gzip',
      },
    })
    const give = (failure: NoAnswer) => {
      clearTimeout(clock)
      reject(failure)
      asked.destroy()
    }
    const clock = setTimeout(() => give(new NoAnswer('late', 'no answer in time')), timeoutMs)
    asked.on('error', (error) => give(new NoAnswer('away', reasonOf(error))))
    asked.on('response', (response) => {
      const status = response.statusCode ?? 0
      if (status < 200 || status > 299) {
        give(statusFailure(status, response.headers['retry-after']))
        return
      }
      const pieces: Buffer[] = []
      let length = 0
      response.on('data', (piece: Buffer) => {
        length += piece.length
        if (length > mostBytes) give(new NoAnswer('tooLarge', 'its answer is too large'))
        else pieces.push(piece)
      })
      response.on('error', (error) => give(new NoAnswer('away', reasonOf(error))))
      response.on('end', () => {
        clearTimeout(clock)
        resolve({ bytes: Buffer.concat(pieces), zipped: response.headers['content-encoding'] === 'gzip' })
      })
    })
    asked.end(body)
  })
}

const longestAskedWaitMs = 10_000

function statusFailure(status: number, retryAfter: string | undefined): NoAnswer {
  if (status === 413) return new NoAnswer('tooLarge', 'HTTP status 413')
  const seconds = Number(retryAfter ?? 0)
  const waitMs = Number.isFinite(seconds) ? Math.min(longestAskedWaitMs, Math.max(0, seconds * 1000)) : 0
  return new NoAnswer(status === 429 || status >= 500 ? 'busy' : 'away', `HTTP status ${status}`, waitMs)
}

/** The code alone: the message of a failed connection names the address. */
function reasonOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name
}
