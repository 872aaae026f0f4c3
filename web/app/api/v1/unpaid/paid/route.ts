import { takeOwed } from '#web/acts/make-good.ts'
import { tillPost } from '../../../till-door.ts'

/** A cashier has taken the money for one. */
export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed', cashier: 'now' }, (body, { cashier }) => takeOwed(body, { cashier }))
}
