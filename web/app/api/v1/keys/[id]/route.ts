import { revokeKey } from '#web/acts/api-keys.ts'
import { answering } from '../../../answer.ts'
import { owningShop } from '../../../owners-door.ts'

/** The owner revokes a key. */
export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params
  return await answering(async () => {
    const shop = await owningShop(request)
    return typeof shop === 'number' ? await revokeKey({ shop, id }) : shop
  })
}
