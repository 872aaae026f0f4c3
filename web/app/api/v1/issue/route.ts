import { issue } from '#web/acts/issue.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, (body) => issue(body))
}
