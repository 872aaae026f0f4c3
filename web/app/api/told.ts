import { isOutage } from '#web/acts/outage.ts'
import { isRefusal, type Refusal, refuse } from '#web/acts/refusal.ts'
import { type RefusalCode, wordingOf } from '#web/acts/sentences.ts'
import { logFailure } from '#web/queries/failure-log.ts'
import { network } from '#web/queries/network.ts'
import { cameFromElsewhere } from '../came-from.ts'

// What comes and goes over HTTP, before it is any framework's: the portal's routes and the counter speak alike.

/** What came in. */
export interface Asked {
  readonly method: string
  readonly headers: Pick<Headers, 'get' | 'has'>
  /** The body; null where it is larger than `most` bytes, and then it is not read to its end. */
  readonly bytes: (most: number) => Promise<Uint8Array | null>
}

/** What goes out. */
export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** No till's request is larger. */
const mostOfATill = 512 * 1024
const retrySeconds: { readonly [code in RefusalCode]?: number } = {
  tooManyRequests: 5,
  earlierEntriesMissing: 1,
  unavailable: 5,
}

/** What an act decided: the answer as JSON, a refusal as a problem document (RFC 9457). */
export function told(answer: object): Told {
  return isRefusal(answer) ? problemTold(answer) : json(answer, { status: 200, type: 'application/json' })
}

/** Runs an act; where something it stands on is away, says so in the same form. */
export async function telling(act: () => Promise<object>): Promise<Told> {
  try {
    return told(await act())
  } catch (error) {
    logFailure(error)
    if (isOutage(error)) return problemTold(refuse('unavailable'))
    const internal = { type: 'about:blank', title: 'Internal error', status: 500, code: 'internal' }
    return json(internal, { status: 500, type: 'application/problem+json' })
  }
}

/** What another site's page is told that would change something here; null for everybody else. */
export function foreignRefusal({ method, headers }: Pick<Asked, 'method' | 'headers'>): Refusal | null {
  return cameFromElsewhere(method, headers, network().publicOrigin) ? refuse('foreignOrigin') : null
}

export function problemTold({ refused, facts }: Refusal): Told {
  const { sentence, advice, status } = wordingOf(refused)
  const document = {
    ...facts,
    ...{ type: `/problems/${refused}`, title: sentence, status, code: refused, detail: `${sentence} ${advice}` },
    ...{ sentence, advice },
  }
  const seconds = retrySeconds[refused]
  const headers: Record<string, string> = seconds === undefined ? {} : { 'retry-after': `${seconds}` }
  return json(document, { status, type: 'application/problem+json', headers })
}

export async function bodyOf(
  asked: Asked,
  mostBytes = mostOfATill,
): Promise<{ readonly value: unknown } | { readonly refusal: Refusal }> {
  // A page of another site can make a browser post text, but not JSON, without asking first.
  if (!/^application\/json\b/i.test(asked.headers.get('content-type') ?? '')) {
    return { refusal: refuse('malformed', { complaint: 'content-type must be application/json' }) }
  }
  const bytes = await asked.bytes(mostBytes)
  if (bytes === null) return { refusal: refuse('tooLarge', { mostBytes }) }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return { refusal: refuse('malformed', { complaint: 'the body is not JSON in UTF-8' }) }
  }
}

/** All that comes, or null where it is more than `most` bytes; not read further than that. */
export async function boundedBytes(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | null> {
  const all: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > most) return null
    all.push(chunk)
  }
  const [only] = all
  return all.length === 1 && only !== undefined ? only : Buffer.concat(all)
}

/** Whole numbers travel as digits, moments in ISO 8601. */
function json(
  value: unknown,
  { status, type, headers }: { readonly status: number; readonly type: string; readonly headers?: Told['headers'] },
): Told {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
  return { status, headers: { 'content-type': type, 'cache-control': 'no-store', ...headers }, text }
}
