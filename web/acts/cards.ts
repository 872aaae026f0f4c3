import 'server-only'
import type pg from 'pg'
import { hashMessage } from 'viem'
import { z } from 'zod'
import { cardStatement } from '#contracts/till-api/cards.ts'
import { askOver, bytesOf } from '#web/queries/database.ts'
import { mirroredBlockSql } from '#web/queries/intent-state.ts'
import { keySigned } from './key-signature.ts'
import { balancesOf } from './member-balance.ts'
import { freeCode } from './member-profile.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { address, type Hex, read, shopNumber, signature } from './wire.ts'

const sheet = z.object({
  shop: shopNumber,
  /** Accounts, each with its own key's word that it is to be a card of this shop. */
  cards: z
    .array(z.object({ member: address, signature }))
    .min(1)
    .max(120),
})

export interface MadeCard {
  readonly member: Hex
  /** What stands on the outside, for a till to scan. */
  readonly code: string
}

/**
 * Takes in a sheet of cards whose keys were made in the owner's browser, and gives each the code for its outside. The
 * keys themselves never come here. The same sheet again is answered the same.
 */
export async function makeCards(
  input: unknown,
  { now = new Date() } = {},
): Promise<{ readonly cards: readonly MadeCard[] } | Refusal> {
  const asked = read(sheet, input)
  if (isRefusal(asked)) return asked
  const { shop, cards } = asked
  // Nobody makes a card of somebody else's account: from a card's account only a claim takes points.
  const statement = hashMessage(cardStatement(shop))
  const wrong = cards.find(({ member, signature: signed }) => !keySigned(member, statement, signed))
  if (wrong) return refuse('badSignature', { member: wrong.member })
  return await inTransaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', ['member codes'])
    const made: MadeCard[] = []
    for (const { member } of cards) {
      const code = await cardCode(client, { member, shop, now })
      if (code === null) return refuse('alreadyJoined', { member })
      made.push({ member, code })
    }
    return { cards: made }
  })
}

/** The card's code, made now or before; null where the account is somebody's, or another shop's card. */
async function cardCode(
  client: pg.PoolClient,
  { member, shop, now }: { readonly member: Hex; readonly shop: number; readonly now: Date },
): Promise<string | null> {
  const { rows } = await client.query<{ code: string | null; shop: number | null }>({
    name: 'card or member',
    text: `SELECT c.code, c.shop FROM portal.card c WHERE c.member = $1
      UNION ALL SELECT NULL, NULL FROM portal.member_profile p WHERE p.member = $1`,
    values: [bytesOf(member)],
  })
  const [known] = rows
  if (known) return known.shop === shop ? known.code : null
  const code = await freeCode(client, member)
  await client.query({
    name: 'keep card',
    text: 'INSERT INTO portal.card (member, shop, code, made_at) VALUES ($1, $2, $3, $4)',
    values: [bytesOf(member), shop, code, now],
  })
  return code
}

/** How a card stands: what it may still take. */
export interface CardStanding {
  readonly claimed: boolean
  /** The most it may hold, in hundredths of a point. */
  readonly limit: bigint
  /** What it holds, and what is on its way to it. */
  readonly holds: bigint
}

interface Row {
  readonly member: Buffer
  readonly claimed: boolean
  readonly limit: bigint
  readonly coming: bigint
}

const question = {
  name: 'cards among members',
  text: `SELECT c.member, c.claimed_by IS NOT NULL AS claimed, coalesce(f.card_limit, 200000) AS "limit",
      coalesce((SELECT sum(i.points) FROM portal.intent i WHERE i.member = c.member AND i.kind = 'purchase'
        AND i.state <> 'refused' AND ${mirroredBlockSql('i')} IS NULL), 0)::bigint AS coming
    FROM portal.card c LEFT JOIN portal.shop_profile f ON f.shop = c.shop
    WHERE c.member = ANY($1) ORDER BY c.member`,
}

/**
 * Those of these accounts that are cards. With `lock` nobody else credits or claims them until the transaction ends.
 */
export async function cardsAmong(
  client: pg.PoolClient,
  members: readonly Hex[],
  { lock }: { readonly lock: 'locked' | 'as they are' },
): Promise<ReadonlyMap<Hex, CardStanding>> {
  const values = [[...new Set(members)].map(bytesOf)]
  const first = await client.query<Row>({ ...question, values })
  if (first.rows.length === 0) return new Map()
  const cards = first.rows.map(({ member }): Hex => `0x${member.toString('hex')}`)
  let rows = first.rows
  if (lock === 'locked') {
    const locks = cards.map((card) => `SELECT pg_advisory_xact_lock(hashtextextended('member ${card}', 0))`)
    await client.query(locks.join('; '))
    // As they stand now that nobody else is at them.
    rows = (await client.query<Row>({ ...question, values })).rows
  }
  const balances = await balancesOf(cards, askOver(client))
  return new Map(
    rows.map(({ claimed, limit, coming }, place): [Hex, CardStanding] => {
      const card = cards[place] ?? '0x'
      return [card, { claimed, limit, holds: (balances.get(card)?.balance ?? 0n) + coming }]
    }),
  )
}

/** A new purchase, as it is about to be kept. */
interface Crediting {
  readonly member: Hex
  readonly points: bigint
  readonly soldAt: number
  readonly state: string
}

/** What those of these accounts that are cards may still take, in hundredths; one that was claimed takes nothing. */
export async function roomOnCards(members: readonly Hex[]): Promise<ReadonlyMap<Hex, bigint>> {
  if (members.length === 0) return new Map()
  const cards = await inTransaction((client) => cardsAmong(client, members, { lock: 'as they are' }))
  return new Map(
    [...cards].map(([member, { claimed, limit, holds }]) => [member, claimed || holds >= limit ? 0n : limit - holds]),
  )
}

/** The same cards once these purchases are on their way to them. */
export function credited(
  cards: ReadonlyMap<Hex, CardStanding>,
  purchases: readonly Crediting[],
): ReadonlyMap<Hex, CardStanding> {
  const coming = purchases.filter(({ member, state }) => state === 'open' && cards.has(member))
  if (coming.length === 0) return cards
  const after = new Map(cards)
  for (const { member, points } of coming) {
    const card = after.get(member)
    if (card) after.set(member, { ...card, holds: card.holds + points })
  }
  return after
}

/** A card that holds more than it may: nothing is added at a counter, and a claim takes all of it. */
export interface OverfullCard {
  readonly member: Hex
  readonly limit: bigint
  readonly holds: bigint
}

export function overfullAmong(
  cards: ReadonlyMap<Hex, CardStanding>,
  purchases: readonly { readonly member: Hex }[],
): readonly OverfullCard[] {
  return [...new Set(purchases.map(({ member }) => member))].flatMap((member) => {
    const card = cards.get(member)
    return card && card.holds > card.limit ? [{ member, limit: card.limit, holds: card.holds }] : []
  })
}

/** A sale that comes by itself, and so soon, is still at the counter: the shopper stands there. */
const atTheCounterSeconds = 120

/**
 * A card that is full or has been claimed takes no more at a counter: the till gives the next sale another number. What
 * was promised while nobody could know is kept: a list that comes later with all its sales, and a sale of a while ago.
 */
export function counterFault(
  cards: ReadonlyMap<Hex, CardStanding>,
  come: readonly { readonly store: Crediting | null }[],
  now: Date,
): Refusal | null {
  const only = come.length === 1 ? (come[0]?.store ?? null) : null
  if (cards.size === 0 || only?.state !== 'open') return null
  if (now.getTime() / 1000 - only.soldAt > atTheCounterSeconds) return null
  return cardFault(cards.get(only.member), only.points)
}

/** Why a card does not take these points; null where it does, or is no card. */
export function cardFault(card: CardStanding | undefined, points: bigint): Refusal | null {
  if (card === undefined) return null
  if (card.claimed) return refuse('cardClaimed')
  const { limit, holds } = card
  return holds + points > limit ? refuse('cardFull', { limit, holds, points }) : null
}
