import QRCode from 'qrcode'
import { qrPath } from '#web/ui/qr.tsx'

/** An address as a picture that a phone's camera opens. */
export function qrAnswer(address: string): Response {
  const { modules } = QRCode.create(address, { errorCorrectionLevel: 'M' })
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
