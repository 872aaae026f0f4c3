import { declineSales } from '#web/acts/countersign.ts'
import { ownersPost } from '../../../owners-door.ts'

/** The owner will not have sales of a till that was switched off. */
export async function POST(request: Request): Promise<Response> {
  return await ownersPost(request, (body) => declineSales(body))
}
