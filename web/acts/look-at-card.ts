import 'server-only'
import { type CardLine, cardLines, cardOf } from '#web/queries/card.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { address, type Hex, read } from './wire.ts'

export interface OpenedCard {
  readonly card: Hex
  readonly code: string
  /** Whose it is now; null as long as nobody has claimed it. */
  readonly claimedBy: Hex | null
  readonly lines: readonly CardLine[]
}

/** What the card with this account holds, and whether somebody has claimed it. */
export async function lookAtCard(typed: unknown): Promise<OpenedCard | Refusal> {
  const account = read(address, typed)
  if (typeof account !== 'string') return isRefusal(account) ? account : refuse('malformed')
  const card = await cardOf(account)
  if (card === null) return refuse('unknownCard', { card: account })
  return { card: card.member, code: card.code, claimedBy: card.claimedBy, lines: await cardLines(account) }
}
