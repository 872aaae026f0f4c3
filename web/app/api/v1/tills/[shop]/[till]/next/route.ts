import { nextReceipt } from '#web/acts/next-receipt.ts'
import { numberOrNull } from '../../../../../door.ts'
import { tillGet } from '../../../../../till-door.ts'

export async function GET(
  request: Request,
  { params }: { params: Promise<{ shop: string; till: string }> },
): Promise<Response> {
  const { shop, till } = await params
  const place = { shop: numberOrNull(shop), till: numberOrNull(till) }
  return await tillGet(request, { key: 'needed', place }, () => nextReceipt({ shop: Number(shop), till: Number(till) }))
}
