import { makeCards } from '#web/acts/cards.ts'
import { shopPost } from '../../imports-door.ts'

/** An owner's new cards, by their accounts; their keys stay on the paper. */
export async function POST(request: Request): Promise<Response> {
  return await shopPost(request, makeCards)
}
