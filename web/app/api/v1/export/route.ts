import { shopExport } from '#web/queries/shop-export.ts'
import { shopGet } from '../../imports-door.ts'

/** Everything that is the shop's, a line of JSON for each thing, as it is read: there may be millions. */
export async function GET(request: Request): Promise<Response> {
  const entered = await shopGet(request, async (shop) => ({ shop }))
  if (!entered.ok) return entered
  const { shop } = (await entered.json()) as { shop: number }
  const headers = {
    'content-type': 'application/x-ndjson',
    'content-disposition': `attachment; filename="shop-${shop}.ndjson"`,
    'cache-control': 'no-store',
  }
  return new Response(linesOf(shop), { headers })
}

/** Read as fast as whoever asked takes it, and no further when they go. */
function linesOf(shop: number): ReadableStream<Uint8Array> {
  const lines = shopExport(shop)
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(stream) {
      const { done, value } = await lines.next()
      if (done === true) return stream.close()
      const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
      stream.enqueue(encoder.encode(`${text}\n`))
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
}
