import 'server-only'
import { requestToChange } from './payment-requests.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'

export interface Cancelled {
  readonly state: 'cancelled'
}

/** Calls a payment off before the till has accepted it; afterwards it stands. */
export async function cancelPayment(code: string): Promise<Cancelled | Refusal> {
  return await inTransaction(async (client) => {
    const request = await requestToChange(client, code)
    if (isRefusal(request)) return request
    if (request.state === 'accepted') return refuse('requestAccepted', { code: request.code })
    await client.query({
      name: 'request cancelled',
      text: `UPDATE portal.payment_request SET state = 'cancelled' WHERE shop = $1 AND till = $2 AND sequence = $3`,
      values: [request.shop, request.till, request.sequence],
    })
    return { state: 'cancelled' }
  })
}
