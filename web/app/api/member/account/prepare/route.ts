import { prepareOrder } from '#web/acts/account-orders.ts'
import { session } from '../../../../person.ts'
import { answeringPost } from '../../../answer.ts'

/** What the member who is inside is to sign for a change of their keys or their guardian. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => prepareOrder(await session(), body))
}
