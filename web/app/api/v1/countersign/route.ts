import { countersign } from '#web/acts/countersign.ts'
import { ownersPost } from '../../owners-door.ts'

/** The owner signs beside a till that was switched off: its sales go to the chain. */
export async function POST(request: Request): Promise<Response> {
  return await ownersPost(request, (body) => countersign(body))
}
