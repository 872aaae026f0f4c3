import { giveOrder } from '#web/acts/account-orders.ts'
import { session } from '../../../../person.ts'
import { answeringPost } from '../../../answer.ts'

/** Takes what the member who is inside has signed about their own account. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => giveOrder(await session(), body))
}
