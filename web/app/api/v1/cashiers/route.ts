import { hireCashier } from '#web/acts/cashiers.ts'
import { ownersPost } from '../../owners-door.ts'

/** The owner takes a cashier on, or gives one another name or PIN. */
export async function POST(request: Request): Promise<Response> {
  return await ownersPost(request, (body) => hireCashier(body))
}
