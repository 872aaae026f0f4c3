import { refuse } from '#web/acts/refusal.ts'
import { happeningsAfter } from '#web/acts/webhooks.ts'
import { tillGet } from '../../till-door.ts'

/** What happened at the shop after a number, for those who would rather ask than be told. */
export async function GET(request: Request): Promise<Response> {
  const after = new URL(request.url).searchParams.get('after')
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop }) => {
    return shop === null ? refuse('apiKeyNeeded') : await happeningsAfter(shop, after)
  })
}
