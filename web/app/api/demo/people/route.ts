import { demoPeople } from '#web/acts/demo-people.ts'
import { answering } from '../../answer.ts'

export const dynamic = 'force-dynamic'

export async function GET(): Promise<Response> {
  return await answering(async () => demoPeople())
}
