import { network } from '#web/queries/network.ts'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { qrAnswer } from '../qr-answer.ts'

/** The payment code as a picture: a shopper's camera opens the page that asks for their yes. */
export async function GET(_request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const code = codeTyped((await params).code)
  if (!/^[A-Z0-9]{1,32}$/.test(code)) return new Response('no such code', { status: 404 })
  return qrAnswer(`${network().publicOrigin}/member/pay?code=${code}`)
}
