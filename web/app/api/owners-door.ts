import { type Refusal, refuse } from '#web/acts/refusal.ts'
import { person } from '../person.ts'
import { answeringPost } from './answer.ts'
import { foreignRefusal } from './told.ts'

/** The shop whose owner stands before the screen; nobody else opens this door, and no key of a program does. */
export async function owningShop(request: Request): Promise<number | Refusal> {
  const foreign = foreignRefusal(request)
  if (foreign) return foreign
  const who = request.headers.has('cookie') ? await person() : null
  return who?.role === 'owner' ? who.shop : refuse('notTheOwner')
}

/** Whether it is an owner who asks, of whichever shop. */
export async function isOwnersRequest(request: Request): Promise<boolean> {
  return typeof (await owningShop(request)) === 'number'
}

/** What an owner posts about their own shop. */
export async function ownersPost(request: Request, act: (body: unknown) => Promise<object>): Promise<Response> {
  return await answeringPost(request, async (body) => {
    const shop = await owningShop(request)
    if (typeof shop !== 'number') return shop
    const named = typeof body === 'object' && body !== null && 'shop' in body ? body.shop : undefined
    return named === shop ? await act(body) : refuse('wrongShop')
  })
}
