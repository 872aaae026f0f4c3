import { lookUpMember } from '#web/acts/look-up-member.ts'
import { tillGet } from '../../../till-door.ts'

export async function GET(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  const place = { shop: null, till: null }
  return await tillGet(request, { key: 'person', place }, () => lookUpMember(code))
}
