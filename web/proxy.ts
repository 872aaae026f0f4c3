import { type NextRequest, NextResponse } from 'next/server'
import { ASKED_FOR } from './app/asked-for.ts'
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
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

/** A passkey belongs to a name, never to a number: whoever comes by 127.0.0.1 is sent to the portal's own name. */
function comesByNumber(request: NextRequest, publicOrigin: URL | null): boolean {
  const host = request.headers.get('host') ?? ''
  return /^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host) && host !== publicOrigin?.host
}

export function proxy(request: NextRequest): NextResponse {
  const { developing, publicOrigin } = doorway()
  if (comesByNumber(request, publicOrigin)) {
    const onward = new Headers(request.headers)
    onward.set(ASKED_FOR, request.nextUrl.pathname + request.nextUrl.search)
    return NextResponse.rewrite(new URL('/api/proper-name', request.url), { request: { headers: onward } })
  }
  const nonce = crypto.randomUUID().replaceAll('-', '')
  const policy = contentPolicy(nonce, developing)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = {
  // Files and the API answer no markup; a till may well post to 127.0.0.1.
  matcher: [{ source: '/((?!api|_next/static|_next/image|icon.svg).*)' }],
}
