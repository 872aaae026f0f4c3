import { newChallenge } from '#web/acts/challenge.ts'
import { countedPost } from '../../counted.ts'
import { entryCounting } from '../../entry.ts'

export async function POST(request: Request): Promise<Response> {
  return await countedPost(request, entryCounting, (body) => newChallenge(body))
}
