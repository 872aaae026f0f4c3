import 'server-only'
import { z } from 'zod'
import { atOneMoment } from '#web/queries/database.ts'
import { type IntentBlock, intentBlock } from '#web/queries/intent-block.ts'
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
  const known = await intentInBlock(asked)
  if (isRefusal(known) || !('block' in known)) return known
  const { block: _, ...standing } = known
  return standing
}

/** The same with the block in which it stands, where it stands in one, and the evidence behind that block. */
export async function intentInBlock(asked: unknown): Promise<(Standing & { block?: IntentBlock }) | Refusal> {
  const named = read(wish, asked)
  if (isRefusal(named)) return named
  const { shop, key } = named
  return await atOneMoment(async (ask) => {
    const known = await stateInTheBooks(shop, key, ask)
    if (known === null) return refuse('unknownIntent', { shop, key })
    const block = known.state === 'refused' ? undefined : await intentBlock(shop, key, ask)
    return block === undefined ? standingOf(known) : { ...standingOf(known), block }
  })
}
