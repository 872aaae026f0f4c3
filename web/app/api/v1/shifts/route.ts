import { endShift, openShift } from '#web/acts/cashiers.ts'
import { refuse } from '#web/acts/refusal.ts'
import { tillGet, tillPost } from '../../till-door.ts'

/** A cashier signs in at a till by number and PIN. */
export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed' }, (body) => openShift(body))
}

/** The cashier whose shift it is goes home. */
export async function DELETE(request: Request): Promise<Response> {
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop }) => {
    const token = request.headers.get('highstreet-shift')
    return shop === null || token === null ? refuse('shiftNeeded') : await endShift(shop, token)
  })
}
