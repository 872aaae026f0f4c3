import 'server-only'
import { availablePoints } from './available.ts'
import { checkpoint, nowOf } from './checkpoint.ts'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'
import { shops } from './shops.ts'

/** A card as whoever knows its account may see it. */
export interface KnownCard {
  readonly member: Address
  readonly code: string
  readonly claimedBy: Address | null
}

const columns = `${addressSql('c.member')} AS member, c.code, ${addressSql('c.claimed_by')} AS "claimedBy"`
const byMember: Question = { name: 'card', text: `SELECT ${columns} FROM portal.card c WHERE c.member = $1` }
const byCode: Question = { name: 'card by code', text: `SELECT ${columns} FROM portal.card c WHERE c.code = $1` }

export async function cardOf(member: Address, ask: Ask = askPool): Promise<KnownCard | null> {
  const [card] = await ask<KnownCard>(byMember, [bytesOf(member)])
  return card ?? null
}

/** The card with this code on its outside, however it was spaced. */
export async function cardByCode(typed: string, ask: Ask = askPool): Promise<KnownCard | null> {
  const code = typed.replace(/\p{C}/gu, '').replace(/[-\s]/g, '').toUpperCase()
  const [card] = await ask<KnownCard>(byCode, [code])
  return card ?? null
}

/** Points of one issuer on a card. */
export interface CardLine {
  readonly shop: number
  readonly shopName: string
  readonly hue: number
  readonly token: Address
  /** Hundredths, live for another day and spoken for by nobody. */
  readonly points: bigint
}

const claimLastsSeconds = 86_400

/** What a claim of this card has to take: all of it. */
export async function cardLines(member: Address): Promise<readonly CardLine[]> {
  const at = Math.max(nowOf(await checkpoint()), Math.floor(Date.now() / 1000)) + claimLastsSeconds
  const [holdings, street] = await Promise.all([availablePoints(member, { at }), shops()])
  return holdings.flatMap(({ issuer, token, freePoints }) => {
    if (freePoints === 0n) return []
    const sign = street.find(({ shop }) => shop === issuer)
    return [{ shop: issuer, shopName: sign?.name ?? `Shop ${issuer}`, hue: sign?.hue ?? 0, token, points: freePoints }]
  })
}

export interface CardsOfShop {
  readonly made: number
  readonly claimed: number
}

const ofShop: Question = {
  name: 'cards of shop',
  text: `SELECT count(*)::int AS made, count(c.claimed_by)::int AS claimed FROM portal.card c WHERE c.shop = $1`,
}

export async function cardsOfShop(shop: number, ask: Ask = askPool): Promise<CardsOfShop> {
  const [row] = await ask<CardsOfShop>(ofShop, [shop])
  return row ?? { made: 0, claimed: 0 }
}
