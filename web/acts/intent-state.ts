import 'server-only'
import { z } from 'zod'
import { type IntentState, intentState as stateInTheBooks } from '#web/queries/intent-state.ts'
import { isRefusal, type Refusal, refuse, refusedState } from './refusal.ts'
import { sentenceFor } from './sentences.ts'
import { read } from './wire.ts'

/** Where a wish stands: durable, in a block that counts, or refused. */
export type Standing =
  | { readonly state: 'pending'; readonly code?: string; readonly sentence?: string }
  | { readonly state: 'final' }
  | ReturnType<typeof refusedState>

export function standingOf(known: IntentState): Standing {
  if (known.state === 'refused') return refusedState(known.code)
  if (known.state === 'final') return { state: 'final' }
  return known.code === null
    ? { state: 'pending' }
    : { state: 'pending', code: known.code, sentence: sentenceFor(known.code) }
}

const wish = z.object({
  shop: z.coerce.number().pipe(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  ),
  key: z
    .string()
    .max(160)
    .regex(/^[\x21-\x7e]+$/, { error: 'must be the name of a wish' }),
})

/** How the wish with this name stands now; see the natural names at portal.intent. */
export async function intentState(asked: unknown): Promise<Standing | Refusal> {
  const named = read(wish, asked)
  if (isRefusal(named)) return named
  const { shop, key } = named
  const known = await stateInTheBooks(shop, key)
  return known ? standingOf(known) : refuse('unknownIntent', { shop, key })
}
