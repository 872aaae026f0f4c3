import { cancelPayment } from '#web/acts/cancel-payment.ts'
import { answeringPost } from '../../../../answer.ts'

export async function POST(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  return await answeringPost(request, () => cancelPayment(code))
}
