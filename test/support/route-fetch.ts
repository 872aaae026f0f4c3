import { GET as exported } from '#web/app/api/v1/export/route.ts'
import { GET as nextOfImport } from '#web/app/api/v1/imports/[file]/next/route.ts'
import { GET as importProgress } from '#web/app/api/v1/imports/[file]/route.ts'
import { POST as checkImport } from '#web/app/api/v1/imports/check/route.ts'
import { POST as startImport } from '#web/app/api/v1/imports/route.ts'
import { GET as intent } from '#web/app/api/v1/intents/[shop]/[key]/route.ts'
import { POST as issue } from '#web/app/api/v1/issue/route.ts'
import { POST as rotate } from '#web/app/api/v1/keys/rotate/route.ts'
import { GET as member } from '#web/app/api/v1/member/[code]/route.ts'
import { POST as quote } from '#web/app/api/v1/quote/route.ts'
import { POST as redeem } from '#web/app/api/v1/redeem/route.ts'
import { POST as refundQuote } from '#web/app/api/v1/refund/quote/route.ts'
import { POST as refund } from '#web/app/api/v1/refund/route.ts'
import { POST as accept } from '#web/app/api/v1/requests/[code]/accept/route.ts'
import { POST as cancel } from '#web/app/api/v1/requests/[code]/cancel/route.ts'
import { GET as readRequest } from '#web/app/api/v1/requests/[code]/route.ts'
import { POST as request } from '#web/app/api/v1/requests/route.ts'
import { POST as reverseQuote } from '#web/app/api/v1/reverse/quote/route.ts'
import { POST as reverse } from '#web/app/api/v1/reverse/route.ts'
import { DELETE as endShift, POST as openShift } from '#web/app/api/v1/shifts/route.ts'
import { GET as next } from '#web/app/api/v1/tills/[shop]/[till]/next/route.ts'
import { POST as unpaidPaid } from '#web/app/api/v1/unpaid/paid/route.ts'
import { GET as unpaid } from '#web/app/api/v1/unpaid/route.ts'

type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>

const handlers: readonly (readonly [string, RegExp, Handler])[] = [
  ['POST', /^\/api\/v1\/quote$/, quote],
  ['POST', /^\/api\/v1\/issue$/, issue],
  ['POST', /^\/api\/v1\/redeem$/, redeem],
  ['POST', /^\/api\/v1\/reverse\/quote$/, reverseQuote],
  ['POST', /^\/api\/v1\/reverse$/, reverse],
  ['POST', /^\/api\/v1\/refund\/quote$/, refundQuote],
  ['POST', /^\/api\/v1\/refund$/, refund],
  ['POST', /^\/api\/v1\/requests$/, request],
  ['POST', /^\/api\/v1\/requests\/(?<code>[^/]+)\/accept$/, accept],
  ['POST', /^\/api\/v1\/requests\/(?<code>[^/]+)\/cancel$/, cancel],
  ['GET', /^\/api\/v1\/requests\/(?<code>[^/]+)$/, readRequest],
  ['GET', /^\/api\/v1\/member\/(?<code>[^/]+)$/, member],
  ['GET', /^\/api\/v1\/intents\/(?<shop>[^/]+)\/(?<key>[^/]+)$/, intent],
  ['GET', /^\/api\/v1\/tills\/(?<shop>[^/]+)\/(?<till>[^/]+)\/next$/, next],
  ['POST', /^\/api\/v1\/shifts$/, openShift],
  ['DELETE', /^\/api\/v1\/shifts$/, endShift],
  ['POST', /^\/api\/v1\/keys\/rotate$/, rotate],
  ['POST', /^\/api\/v1\/imports\/check$/, checkImport],
  ['POST', /^\/api\/v1\/imports$/, startImport],
  ['GET', /^\/api\/v1\/imports\/(?<file>[^/]+)\/next$/, nextOfImport],
  ['GET', /^\/api\/v1\/imports\/(?<file>[^/]+)$/, importProgress],
  ['GET', /^\/api\/v1\/export$/, exported],
  ['GET', /^\/api\/v1\/unpaid$/, unpaid],
  ['POST', /^\/api\/v1\/unpaid\/paid$/, unpaidPaid],
]

/** A fetch that walks through the till API's own doors, without a network between. */
export const routeFetch: typeof fetch = async (address, init) => {
  const request = new Request(address, init)
  if (init?.method === 'POST' && !request.headers.get('content-type')?.includes('json')) {
    request.headers.set('content-type', 'application/json')
  }
  const { pathname } = new URL(request.url)
  for (const [method, path, handle] of handlers) {
    const found = path.exec(pathname)
    if (!found || method !== request.method) continue
    const named = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)])
    return await handle(request, { params: Promise.resolve(Object.fromEntries(named) as never) })
  }
  throw new Error(`there is no door at ${request.method} ${pathname}`)
}
