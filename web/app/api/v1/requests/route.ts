import { requestPayment } from '#web/acts/request-payment.ts'
import { answeringPost } from '../../answer.ts'

export async function POST(request: Request): Promise<Response> {
  return await answeringPost(request, (body) => requestPayment(body))
}
