import { redeem } from '#web/acts/redeem.ts'
import { tillPost } from '../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'welcome', cashier: 'now' }, (body, { cashier }) => redeem(body, { cashier }))
}
