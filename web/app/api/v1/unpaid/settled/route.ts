import { settleOwed } from '#web/acts/make-good.ts'
import { ownersPost } from '../../../owners-door.ts'

/** The owner says that one is paid, or lets the member off. */
export async function POST(request: Request): Promise<Response> {
  return await ownersPost(request, (body) => settleOwed(body))
}
