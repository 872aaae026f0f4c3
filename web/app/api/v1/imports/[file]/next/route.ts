import { nextOfImport } from '#web/acts/import-progress.ts'
import { shopGet } from '../../../../imports-door.ts'

export async function GET(request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  return await shopGet(request, (shop) => nextOfImport(shop, file))
}
