import { switchOffTill } from '#web/acts/switch-off-till.ts'
import { ownersPost } from '../../../owners-door.ts'

/** The owner switches a till off, at once and for ever. */
export async function POST(request: Request): Promise<Response> {
  return await ownersPost(request, (body) => switchOffTill(body))
}
