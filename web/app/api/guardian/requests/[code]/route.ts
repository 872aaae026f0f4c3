import { lookAtKeyRequest } from '#web/acts/key-requests.ts'
import { session } from '../../../../person.ts'
import { answering } from '../../../answer.ts'

/** Which device waits under a code, for whoever is inside and was told it. */
export async function GET(_: Request, { params }: { params: Promise<{ code: string }> }): Promise<Response> {
  const { code } = await params
  return await answering(async () => lookAtKeyRequest(await session(), code))
}
