import 'server-only'
import { atOneMoment } from './database.ts'
import type { Address } from './network.ts'
import { type ShopStatus, type Standing, standings } from './standings.ts'

/** A shop as the street shows it. */
export interface ShopCard {
  readonly shop: number
  readonly name: string
  readonly trade: string
  readonly street: string
  readonly hue: number
  /** Hundredths of a point per 1.00 of money spent. */
  readonly earnRate: number
  readonly isCharity: boolean
  readonly status: ShopStatus
  /** Its point token; null until the shop was admitted. */
  readonly token: Address | null
  /** What stands behind its points, 0 to 1 and more; null while none are out. */
  readonly backing: number | null
}

/** Every shop that ever asked to join, by number. */
export async function shops(): Promise<ShopCard[]> {
  const { shops: all } = await atOneMoment(standings)
  return [...all.values()].map(cardOf)
}

function cardOf({ shop, sign, status, token, backing }: Standing): ShopCard {
  const { name, trade, street, hue, earnRate, isCharity } = sign
  return { shop, name, trade, street, hue, earnRate, isCharity, status, token, backing }
}
