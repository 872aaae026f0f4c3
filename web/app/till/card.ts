import { z } from 'zod'
import type { Shelf } from './shelf.ts'

// What a till knows of itself, so that it can open without the street: laid there whenever the street opens it.

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])

const card = z.object({
  place: z.object({
    shop: z.int(),
    till: z.int(),
    chainId: z.int(),
    issuance: address,
    redemptions: address,
    key: address,
  }),
  /** The host name that passkeys are bound to. */
  rpId: z.string(),
  name: z.string(),
  tillName: z.string(),
  hue: z.number(),
  earnRate: z.number(),
  gives: z.boolean(),
  isCharity: z.boolean(),
  cashiers: z.array(z.object({ cashier: z.int(), name: z.string() })),
  /** So long nobody touches the till before it asks who is there; a card laid by before there was one has the usual. */
  idleSeconds: z.int().default(300),
  rewards: z.array(z.object({ reward: z.int(), title: z.string(), detail: z.string(), points: z.bigint() })),
})

export type TillShop = z.infer<typeof card>

export async function readCard(shelf: Shelf): Promise<TillShop | null> {
  return card
    .nullable()
    .catch(null)
    .parse((await shelf.read('card')) ?? null)
}

export async function layCard(shelf: Shelf, shop: TillShop): Promise<void> {
  await shelf.change('card', () => shop)
}

const shopper = z.object({
  member: address,
  name: z.string(),
  code: z.string().nullable(),
  /** What a card could still take when the street last said so, in hundredths; null for a member. */
  cardTakes: z.bigint().nullable().default(null),
})

/** A shopper as the till may know them. */
export type Shopper = z.infer<typeof shopper>

const MOST_SHOPPERS = 200

/** Shoppers this till has seen, the latest first. */
export async function shoppersSeen(shelf: Shelf): Promise<readonly Shopper[]> {
  return z
    .array(shopper)
    .catch([])
    .parse((await shelf.read('shoppers')) ?? [])
}

/** These sales have gone out: what they put on cards is room no more. */
export async function noteCredited(
  shelf: Shelf,
  sales: readonly { readonly member: string; readonly points: bigint }[],
): Promise<void> {
  const credit = new Map<string, bigint>()
  for (const { member, points } of sales) {
    const whose = member.toLowerCase()
    credit.set(whose, (credit.get(whose) ?? 0n) + points)
  }
  const before = await shoppersSeen(shelf)
  if (!before.some(({ member, cardTakes }) => cardTakes !== null && credit.has(member.toLowerCase()))) return
  await shelf.change('shoppers', (kept) => {
    const known = z
      .array(shopper)
      .catch([])
      .parse(kept ?? [])
    return known.map((one) => {
      const left = one.cardTakes === null ? null : one.cardTakes - (credit.get(one.member.toLowerCase()) ?? 0n)
      return { ...one, cardTakes: left !== null && left < 0n ? 0n : left }
    })
  })
}

export async function noteShoppers(shelf: Shelf, seen: readonly Shopper[]): Promise<void> {
  await shelf.change('shoppers', (kept) => {
    const before = z
      .array(shopper)
      .catch([])
      .parse(kept ?? [])
    const known = new Map<string, Shopper>()
    for (const one of [...seen, ...before]) if (!known.has(one.member)) known.set(one.member, one)
    return [...known.values()].slice(0, MOST_SHOPPERS)
  })
}
