import QRCode from 'qrcode'
import { network } from '#web/queries/network.ts'
import { qrPath } from '#web/ui/qr.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'

/** The payment code as a picture: a shopper's camera opens the page that asks for their yes. */
export async function GET(_request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const code = codeTyped((await params).code)
  if (!/^[A-Z0-9]{1,32}$/.test(code)) return new Response('no such code', { status: 404 })
  const { modules } = QRCode.create(`${network().publicOrigin}/member/pay?code=${code}`, { errorCorrectionLevel: 'M' })
  const quiet = 2
  const side = modules.size + 2 * quiet
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">
<rect width="${side}" height="${side}" fill="#fffdf7"/><path d="${qrPath(modules, quiet)}" fill="#1d1a16"/></svg>`
  return new Response(picture, {
    headers: {
      'content-type': 'image/svg+xml',
      'cache-control': 'private, max-age=3600',
      'x-content-type-options': 'nosniff',
    },
  })
}
