import { bringOperation } from '#web/acts/operations.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, (body) => bringOperation(body))
}
