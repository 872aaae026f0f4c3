import type { Refusal } from '#web/acts/refusal.ts'
import { type Asked, bodyOf, boundedBytes, foreignRefusal, problemTold, type Told, telling, told } from './told.ts'

/** What an act decided, as HTTP: the answer as JSON, a refusal as a problem document (RFC 9457). */
export function answered(answer: object): Response {
  return responseOf(told(answer))
}

/** Runs an act; where something it stands on is away, says so in the same form. */
export async function answering(act: () => Promise<object>): Promise<Response> {
  return responseOf(await telling(act))
}

/** The same for an act that takes a JSON body; not from another site's page. */
export async function answeringPost(request: Request, act: (body: unknown) => Promise<object>): Promise<Response> {
  const foreign = foreignRefusal(request)
  if (foreign) return problem(foreign)
  const body = await bodyOf(askedOf(request))
  return 'refusal' in body ? problem(body.refusal) : await answering(() => act(body.value))
}

export const problem = (refusal: Refusal): Response => responseOf(problemTold(refusal))

export const responseOf = ({ status, headers, text }: Told): Response => new Response(text, { status, headers })

/** A request as the doors look at it. */
export const askedOf = (request: Request): Asked => ({
  method: request.method,
  headers: request.headers,
  bytes: (most) => boundedBytes(request.body ?? nothing(), most),
})

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A request without a body has no chunks.
}
