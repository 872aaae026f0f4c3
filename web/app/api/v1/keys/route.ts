import { createKey, keysOf } from '#web/acts/api-keys.ts'
import { answering } from '../../answer.ts'
import { ownersPost, owningShop } from '../../owners-door.ts'

/** The owner makes a key for the shop's own programs. */
export async function POST(request: Request): Promise<Response> {
  return await ownersPost(request, (body) => createKey(body))
}

export async function GET(request: Request): Promise<Response> {
  return await answering(async () => {
    const shop = await owningShop(request)
    return typeof shop === 'number' ? { keys: await keysOf(shop) } : shop
  })
}
