import { reverse } from '#web/acts/reverse.ts'
import { tillPost } from '../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'welcome', cashier: 'now' }, (body, { cashier }) => reverse(body, { cashier }))
}
