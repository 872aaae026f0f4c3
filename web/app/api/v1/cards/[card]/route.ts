import { lookAtCard } from '#web/acts/look-at-card.ts'
import { tillGet } from '../../../till-door.ts'

/** What a card holds, for whoever has come in and opened it. */
export async function GET(request: Request, { params }: { params: Promise<{ card: string }> }): Promise<Response> {
  const { card } = await params
  return await tillGet(request, { key: 'person', place: { shop: null, till: null } }, () => lookAtCard(card))
}
