import { noticesSeen } from '#web/acts/notices-seen.ts'
import { session } from '../../../person.ts'
import { answeringPost } from '../../answer.ts'

/** The member who is inside has seen what happened to their account. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => noticesSeen(await session(), body))
}
