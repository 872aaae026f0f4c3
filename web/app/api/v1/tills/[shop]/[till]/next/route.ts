import { nextReceipt } from '#web/acts/next-receipt.ts'
import { answering } from '../../../../../answer.ts'

export async function GET(
  _: Request,
  { params }: { params: Promise<{ shop: string; till: string }> },
): Promise<Response> {
  const { shop, till } = await params
  return await answering(() => nextReceipt({ shop: Number(shop), till: Number(till) }))
}
