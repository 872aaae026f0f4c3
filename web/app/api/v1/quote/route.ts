import { quote } from '#web/acts/quote.ts'
import { tillPost } from '../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed' }, (body) => quote(body))
}
