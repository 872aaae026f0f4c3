import { lookUpMember } from '#web/acts/look-up-member.ts'
import { answering } from '../../../answer.ts'

export async function GET(_: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  return await answering(() => lookUpMember(code))
}
