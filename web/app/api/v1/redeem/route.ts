import { redeem } from '#web/acts/redeem.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, (body) => redeem(body))
}
