import { issue } from '#web/acts/issue.ts'
import { tillPost } from '../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'welcome', cashier: 'then' }, (body, { cashier }) => issue(body, { cashier }))
}
