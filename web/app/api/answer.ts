import { isOutage } from '#web/acts/outage.ts'
import { isRefusal, type Refusal, refuse } from '#web/acts/refusal.ts'
import { type RefusalCode, wordingOf } from '#web/acts/sentences.ts'
import { logFailure } from '#web/queries/failure-log.ts'
import { network } from '#web/queries/network.ts'
import { cameFromElsewhere } from '../came-from.ts'

const mostBytes = 512 * 1024
const retrySeconds: { readonly [code in RefusalCode]?: number } = {
  tooManyRequests: 5,
  earlierEntriesMissing: 1,
  unavailable: 5,
}

/** What an act decided, as HTTP: the answer as JSON, a refusal as a problem document (RFC 9457). */
export function answered(answer: object): Response {
  return isRefusal(answer) ? problem(answer) : json(answer, { status: 200, type: 'application/json' })
}

/** Runs an act; where something it stands on is away, says so in the same form. */
export async function answering(act: () => Promise<object>): Promise<Response> {
  try {
    return answered(await act())
  } catch (error) {
    logFailure(error)
    if (isOutage(error)) return problem(refuse('unavailable'))
    return json(
      { type: 'about:blank', title: 'Internal error', status: 500, code: 'internal' },
      { status: 500, type: 'application/problem+json' },
    )
  }
}

/** The same for an act that takes a JSON body; not from another site's page. */
export async function answeringPost(request: Request, act: (body: unknown) => Promise<object>): Promise<Response> {
  const foreign = foreignRefusal(request)
  if (foreign) return problem(foreign)
  const body = await bodyOf(request)
  return 'refusal' in body ? problem(body.refusal) : await answering(() => act(body.value))
}

/** What another site's page is told that would change something here; null for everybody else. */
export function foreignRefusal({ method, headers }: Request): Refusal | null {
  return cameFromElsewhere(method, headers, network().publicOrigin) ? refuse('foreignOrigin') : null
}

export function problem({ refused, facts }: Refusal): Response {
  const { sentence, advice, status } = wordingOf(refused)
  const document = {
    ...facts,
    ...{ type: `/problems/${refused}`, title: sentence, status, code: refused, detail: `${sentence} ${advice}` },
    ...{ sentence, advice },
  }
  const seconds = retrySeconds[refused]
  const headers = seconds === undefined ? {} : { 'retry-after': `${seconds}` }
  return json(document, { status, type: 'application/problem+json', headers })
}

export async function bodyOf(request: Request): Promise<{ readonly value: unknown } | { readonly refusal: Refusal }> {
  // A page of another site can make a browser post text, but not JSON, without asking first.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    return { refusal: refuse('malformed', { complaint: 'content-type must be application/json' }) }
  }
  const bytes = await bounded(request)
  if (bytes === null) return { refusal: refuse('tooLarge', { mostBytes }) }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return { refusal: refuse('malformed', { complaint: 'the body is not JSON in UTF-8' }) }
  }
}

/** The body, or null where it is larger than any till's would be; not read further than that. */
async function bounded(request: Request): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Whole numbers travel as digits, moments in ISO 8601. */
function json(
  value: unknown,
  { status, type, headers }: { readonly status: number; readonly type: string; readonly headers?: HeadersInit },
): Response {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
  return new Response(text, { status, headers: { 'content-type': type, 'cache-control': 'no-store', ...headers } })
}
