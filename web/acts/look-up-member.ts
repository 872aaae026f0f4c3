import 'server-only'
import { z } from 'zod'
import { cardByCode, cardOf, type KnownCard } from '#web/queries/card.ts'
import { memberByCodeOrAddress } from '#web/queries/members.ts'
import { cardsAmong } from './cards.ts'
import { memberBalance } from './member-balance.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { address, type Hex, read } from './wire.ts'

/** What a till may know of whom it scanned: nothing about other shops. */
export interface LookedUp {
  readonly member: Hex
  /** null unless the member agreed to be greeted by name. */
  readonly displayName: string | null
  readonly calledName: string
  /** null for an account that has not joined the portal. */
  readonly code: string | null
  readonly balance: bigint
  /** What a card may still take, in hundredths; null for a member. */
  readonly cardTakes: bigint | null
}

// Postgres keeps no text with a zero in it, and no code has other unseen signs.
const scanned = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{C}*$/u, { error: 'must hold letters and digits only' })

/** Finds a member by their code or account. An account nobody knows is still a place that points can go to. */
export async function lookUpMember(typed: unknown): Promise<LookedUp | Refusal> {
  const text = read(scanned, typed)
  if (typeof text !== 'string') return isRefusal(text) ? text : refuse('malformed')
  const card = await memberByCodeOrAddress(text)
  if (card) {
    const { member, displayName, calledName, code } = card
    return { member, displayName, calledName, code, balance: (await memberBalance(member)).balance, cardTakes: null }
  }
  const account = address.safeParse(text)
  const found = account.success ? await cardOf(account.data) : await cardByCode(text)
  if (found) return await lookedUpCard(found)
  if (!account.success || /^0x0{40}$/.test(account.data)) return refuse('unknownMember', { code: text })
  const { balance } = await memberBalance(account.data)
  const calledName = `Member ${account.data.slice(-4).toUpperCase()}`
  return { member: account.data, displayName: null, calledName, code: null, balance, cardTakes: null }
}

async function lookedUpCard({ member, code }: KnownCard): Promise<LookedUp | Refusal> {
  return await inTransaction(async (client) => {
    const card = (await cardsAmong(client, [member], { lock: 'as they are' })).get(member)
    if (card === undefined || card.claimed) return refuse('cardClaimed')
    const { limit, holds } = card
    const { balance } = await memberBalance(member)
    const calledName = `Card ${code.slice(-4)}`
    return { member, displayName: null, calledName, code, balance, cardTakes: limit > holds ? limit - holds : 0n }
  })
}
