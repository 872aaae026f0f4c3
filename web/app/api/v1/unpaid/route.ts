import { refuse } from '#web/acts/refusal.ts'
import { sentenceFor, wordingOf } from '#web/acts/sentences.ts'
import { address, read } from '#web/acts/wire.ts'
import { unpaidAt, unpaidBy } from '#web/queries/unpaid.ts'
import { tillGet } from '../../till-door.ts'

/** Payments that came to nothing after goods were handed over, and nobody has made good yet; ?member= one member's. */
export async function GET(request: Request): Promise<Response> {
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop }) => {
    if (shop === null) return refuse('apiKeyNeeded')
    const named = new URL(request.url).searchParams.get('member')
    const member = named === null ? null : read(address, named)
    if (member !== null && typeof member !== 'string') return member
    const unpaid = member === null ? await unpaidAt(shop) : await unpaidBy(shop, member)
    const { sentence, advice } = wordingOf('owedFromBefore')
    return { unpaid: unpaid.map((one) => ({ ...one, sentence, advice, why: sentenceFor(one.code) })) }
  })
}
