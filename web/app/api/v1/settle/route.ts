import { settle } from '#web/acts/settle.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, () => settle())
}
