import { refuse } from '#web/acts/refusal.ts'
import { isOwnersRequest } from './owners-door.ts'
import { tillGet, tillPost } from './till-door.ts'

/** A file is longer than what a till sends. */
const mostFileBytes = 16 * 1024 * 1024

/** What a shop's own program, or its owner, sends about the shop's books; a till's screen does not. */
export async function shopPost(request: Request, act: (body: unknown) => Promise<object>): Promise<Response> {
  return await tillPost(request, { key: 'needed', mostBytes: mostFileBytes }, async (body, { keyId }) => {
    return keyId !== null || (await isOwnersRequest(request)) ? await act(body) : refuse('notTheOwner')
  })
}

export async function shopGet(request: Request, act: (shop: number) => Promise<object>): Promise<Response> {
  const place = { shop: null, till: null }
  return await tillGet(request, { key: 'needed', place }, async ({ shop, keyId }) => {
    if (shop === null) return refuse('apiKeyNeeded')
    return keyId !== null || (await isOwnersRequest(request)) ? await act(shop) : refuse('notTheOwner')
  })
}
