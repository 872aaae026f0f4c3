import { transfer } from '#web/acts/transfer.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, (body) => transfer(body))
}
