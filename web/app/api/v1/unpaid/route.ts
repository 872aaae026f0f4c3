import { refuse } from '#web/acts/refusal.ts'
import { sentenceFor, wordingOf } from '#web/acts/sentences.ts'
import { unpaidAt } from '#web/queries/unpaid.ts'
import { tillGet } from '../../till-door.ts'

/** Payments that came to nothing after goods were handed over, and nobody has made good yet. */
export async function GET(request: Request): Promise<Response> {
  return await tillGet(request, { key: 'needed', place: { shop: null, till: null } }, async ({ shop }) => {
    if (shop === null) return refuse('apiKeyNeeded')
    const unpaid = await unpaidAt(shop)
    const { sentence, advice } = wordingOf('owedFromBefore')
    return { unpaid: unpaid.map((one) => ({ ...one, sentence, advice, why: sentenceFor(one.code) })) }
  })
}
