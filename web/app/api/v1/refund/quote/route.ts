import { refundable } from '#web/acts/refund.ts'
import { tillPost } from '../../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed' }, (body) => refundable(body))
}
