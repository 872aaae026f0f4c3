import { rotateKey } from '#web/acts/api-keys.ts'
import { refuse } from '#web/acts/refusal.ts'
import { tillGet } from '../../../till-door.ts'

/** A program changes its own key: the answer holds the new one, and the old one serves for another day. */
export async function POST(request: Request): Promise<Response> {
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop, keyId }) => {
    return shop === null || keyId === null ? refuse('apiKeyNeeded') : await rotateKey({ shop, id: keyId })
  })
}
