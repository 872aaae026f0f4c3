import { chooseDemoPerson } from '#web/acts/demo-people.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  let cookie: string | null = null
  const response = await answeringPost(request, async (body) => {
    const chosen = chooseDemoPerson(body)
    if (!isRefusal(chosen)) cookie = `person=${encodeURIComponent(`${chosen.role}:${chosen.id}`)}`
    return chosen
  })
  if (cookie !== null) response.headers.append('set-cookie', `${cookie}; Path=/; HttpOnly; SameSite=Lax`)
  return response
}
