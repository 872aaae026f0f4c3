import { approvePayment } from '#web/acts/approve-payment.ts'
import { answeringPost } from '../../../../answer.ts'

export async function POST(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  return await answeringPost(request, (body) => approvePayment(code, body))
}
