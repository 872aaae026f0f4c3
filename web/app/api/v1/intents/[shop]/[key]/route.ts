import { intentInBlock } from '#web/acts/intent-state.ts'
import { answering } from '../../../../answer.ts'

export async function GET(
  _: Request,
  { params }: { params: Promise<{ shop: string; key: string }> },
): Promise<Response> {
  const asked = await params
  return await answering(() => intentInBlock(asked))
}
