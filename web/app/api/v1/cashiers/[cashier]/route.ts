import { dismissCashier } from '#web/acts/cashiers.ts'
import { answering } from '../../../answer.ts'
import { owningShop } from '../../../owners-door.ts'

/** The owner lets a cashier go: their shift ends now. */
export async function DELETE(
  request: Request,
  { params }: { params: Promise<{ cashier: string }> },
): Promise<Response> {
  const { cashier } = await params
  return await answering(async () => {
    const shop = await owningShop(request)
    return typeof shop === 'number' ? await dismissCashier(shop, cashier) : shop
  })
}
