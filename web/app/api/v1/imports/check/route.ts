import { checkImport } from '#web/acts/import-sales.ts'
import { shopPost } from '../../../imports-door.ts'

export async function POST(request: Request): Promise<Response> {
  return await shopPost(request, checkImport)
}
