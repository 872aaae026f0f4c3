import { newChallenge } from '#web/acts/challenge.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, (body) => newChallenge(body))
}
