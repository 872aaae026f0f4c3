import { placeOfRequest } from '#web/acts/payment-requests.ts'
import { readRequest } from '#web/acts/read-request.ts'
import { person } from '../../../../person.ts'
import { tillGet } from '../../../till-door.ts'

/** A payment on its way. Whose points would pay is answered from the session; an address in the request is nobody. */
export async function GET(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  const place = await placeOfRequest(code)
  return await tillGet(request, { key: 'welcome', place }, async ({ shop, how }) => {
    const who = request.headers.has('cookie') ? await person() : null
    const member = who?.role === 'member' ? who.member : null
    return await readRequest(code, { shop: how === 'stranger' ? null : shop, member })
  })
}
