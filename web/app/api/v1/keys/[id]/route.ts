import { revokeKey, rotateKey } from '#web/acts/api-keys.ts'
import { answering, answeringPost } from '../../../answer.ts'
import { owningShop } from '../../../owners-door.ts'

type Named = { params: Promise<{ id: string }> }

/** The owner has a new key made in the place of this one, which serves for another day. */
export async function POST(request: Request, { params }: Named): Promise<Response> {
  const { id } = await params
  return await answeringPost(request, async () => {
    const shop = await owningShop(request)
    return typeof shop === 'number' ? await rotateKey({ shop, id }) : shop
  })
}

/** The owner revokes a key. */
export async function DELETE(request: Request, { params }: Named): Promise<Response> {
  const { id } = await params
  return await answering(async () => {
    const shop = await owningShop(request)
    return typeof shop === 'number' ? await revokeKey({ shop, id }) : shop
  })
}
