import { refuse } from '#web/acts/refusal.ts'
import { registerWebhook, webhooksOf } from '#web/acts/webhooks.ts'
import { tillGet, tillPost } from '../../till-door.ts'

/** A shop's own program wants to be told of what becomes of receipts; the answer holds the secret, this once. */
export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed' }, async (body, { shop }) => {
    return shop === null ? refuse('apiKeyNeeded') : await registerWebhook(shop, body)
  })
}

export async function GET(request: Request): Promise<Response> {
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop }) => {
    return shop === null ? refuse('apiKeyNeeded') : { webhooks: await webhooksOf(shop) }
  })
}
