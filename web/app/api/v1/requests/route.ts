import { requestPayment } from '#web/acts/request-payment.ts'
import { tillPost } from '../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed', cashier: 'now' }, (body) => requestPayment(body))
}
