import { answerSurvey } from '#web/acts/answer-survey.ts'
import { refuse } from '#web/acts/refusal.ts'
import { person } from '../../../person.ts'
import { answeringPost } from '../../answer.ts'

/** Whoever came in as the member answers for themselves, and for nobody else. */
export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, async (body) => {
    const someone = await person()
    return someone?.role === 'member' ? await answerSurvey(someone.member, body) : refuse('notYours')
  })
}
