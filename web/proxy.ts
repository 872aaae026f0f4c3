import { type NextRequest, NextResponse } from 'next/server'
import { cameFromElsewhere } from './app/came-from.ts'
import { doorway } from './app/config.ts'

/** Only this portal's own scripts, styles and data; a script must carry the number of the answer it came with. */
function contentPolicy(nonce: string, developing: boolean): string {
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${developing ? " 'unsafe-eval'" : ''}`,
    // A shop's colour is an attribute (style="--hue: 140"); sheets come as files.
    developing ? `style-src 'self' 'unsafe-inline'` : `style-src-elem 'self'`,
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `media-src 'self' blob:`,
    `worker-src 'self'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

/** A passkey belongs to a name, never to a number: whoever comes by 127.0.0.1 is sent to the portal's own name. */
function properAddress(request: NextRequest, publicOrigin: URL | null): URL | null {
  const host = request.headers.get('host') ?? ''
  if (!/^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)) return null
  const target = new URL(request.nextUrl.pathname + request.nextUrl.search, publicOrigin ?? `http://${host}`)
  if (!publicOrigin) target.hostname = 'localhost'
  return target.host === host ? null : target
}

function readable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

export function proxy(request: NextRequest): NextResponse {
  if (!readable(request.nextUrl.pathname)) return new NextResponse('That address cannot be read.', { status: 400 })
  const { developing, publicOrigin } = doorway()
  // The API says so itself, in its own form; this is for whatever else may be posted to.
  const api = request.nextUrl.pathname.startsWith('/api/')
  if (!api && publicOrigin && cameFromElsewhere(request.method, request.headers, publicOrigin.origin)) {
    return new NextResponse('That was asked by another page than this portal’s own.', { status: 403 })
  }
  if (api) return NextResponse.next()
  const target = properAddress(request, publicOrigin)
  if (target) return NextResponse.redirect(target, 307)
  const nonce = crypto.randomUUID().replaceAll('-', '')
  const policy = contentPolicy(nonce, developing)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = {
  // Files answer no markup. The API's addresses are only read; a till may well post to 127.0.0.1.
  matcher: [{ source: '/((?!_next/static|_next/image|icon.svg).*)' }],
}
