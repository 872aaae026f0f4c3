import 'server-only'
import { cache } from 'react'
import type { Person } from '#web/acts/session.ts'
import { people } from '#web/queries/people.ts'
import { shops } from '#web/queries/shops.ts'
import type { Choice } from '#web/ui/person-switcher.tsx'
import { person } from './person.ts'

/** The demo people as the switcher lists them; empty where this street offers none. */
export const choices = cache(async (): Promise<readonly Choice[]> => {
  const known = people()
  if (!known) return []
  const cards = new Map((await shops()).map((card) => [card.shop, card]))
  const shopName = (shop: number) => cards.get(shop)?.name ?? `Shop ${shop}`
  const hue = (shop: number) => cards.get(shop)?.hue ?? null
  return [
    ...known.members.map(
      ({ name, address }) => ({ role: 'member', id: address, name, place: null, hue: null }) as const,
    ),
    ...known.tills.map(
      ({ shop, till, cashier }) =>
        ({ role: 'till', id: `${shop}/${till}`, name: cashier, place: shopName(shop), hue: hue(shop) }) as const,
    ),
    ...known.owners.map(
      ({ shop, name }) => ({ role: 'owner', id: `${shop}`, name, place: shopName(shop), hue: hue(shop) }) as const,
    ),
    { role: 'auditor', id: '1', name: known.auditor.name, place: 'Auditor', hue: null },
  ]
})

export function idOf(someone: Person): string {
  switch (someone.role) {
    case 'member':
      return someone.member
    case 'till':
      return `${someone.shop}/${someone.till}`
    case 'owner':
      return `${someone.shop}`
    case 'auditor':
      return '1'
  }
}

/** The chosen demo person as the switcher names them. */
export async function currentChoice(): Promise<Choice | null> {
  const someone = await person()
  if (!someone) return null
  const id = idOf(someone)
  return (await choices()).find((choice) => choice.role === someone.role && choice.id.toLowerCase() === id) ?? null
}
