import { keepCashierPasskey } from '#web/acts/cashier-passkeys.ts'
import { tillPost } from '../../../till-door.ts'

/** Whoever is at the till keeps a passkey for the next time. */
export async function POST(request: Request): Promise<Response> {
  return await tillPost(request, { key: 'needed', cashier: 'now' }, (body, { cashier }) => {
    return keepCashierPasskey(body, { cashier })
  })
}
