import { openShiftByPasskey } from '#web/acts/cashier-passkeys.ts'
import { tillPost } from '../../../till-door.ts'

/** A cashier signs in at a till by their passkey. */
export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed' }, (body) => openShiftByPasskey(body))
}
