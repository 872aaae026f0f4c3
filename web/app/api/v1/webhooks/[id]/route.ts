import { refuse } from '#web/acts/refusal.ts'
import { removeWebhook, replayWebhook } from '#web/acts/webhooks.ts'
import { tillGet, tillPost } from '../../../till-door.ts'

type Named = { params: Promise<{ id: string }> }

/** Told again from a number on. */
export async function POST(request: Request, { params }: Named): Promise<Response> {
  const { id } = await params
  return await tillPost(request, { key: 'needed' }, async (body, { shop }) => {
    return shop === null ? refuse('apiKeyNeeded') : await replayWebhook(shop, id, body)
  })
}

export async function DELETE(request: Request, { params }: Named): Promise<Response> {
  const { id } = await params
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop }) => {
    return shop === null ? refuse('apiKeyNeeded') : await removeWebhook(shop, id)
  })
}
