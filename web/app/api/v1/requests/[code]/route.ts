import { readRequest } from '#web/acts/read-request.ts'
import { answering } from '../../../answer.ts'

export async function GET(request: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  const member = new URL(request.url).searchParams.get('member')
  return await answering(() => readRequest(code, { member }))
}
