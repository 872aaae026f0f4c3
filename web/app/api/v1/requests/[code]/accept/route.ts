import { acceptPayment } from '#web/acts/accept-payment.ts'
import { placeOfRequest } from '#web/acts/payment-requests.ts'
import { tillPost } from '../../../../till-door.ts'

export async function POST(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  const place = await placeOfRequest(code)
  return await tillPost(request, { key: 'welcome', cashier: 'now', place }, (body, { cashier }) => {
    return acceptPayment(code, body, { cashier })
  })
}
