import type { Hex } from 'viem'
import type { NetworkEvent } from '#indexer/chain/logs.ts'

/** The shop whose point token stands at this address (lower case). */
export type ShopOfToken = (token: Hex) => number

/** Every shop's point token. Admitted with its shop, and never changed. */
export class PointTokens {
  private readonly shops: Map<Hex, number>

  constructor(known: Iterable<readonly [Hex, number]> = []) {
    this.shops = new Map(known)
  }

  /** These, and those of the shops admitted by `events`: a token speaks before its admission is told. */
  with(events: readonly NetworkEvent[]): PointTokens {
    const admitted = events.flatMap((event) => {
      return event.name === 'ShopAdmitted' ? [[event.args.points, event.args.shop] as const] : []
    })
    return admitted.length === 0 ? this : new PointTokens([...this.shops, ...admitted])
  }

  addresses(): Iterable<Hex> {
    return this.shops.keys()
  }

  shopOf: ShopOfToken = (token) => {
    const shop = this.shops.get(token) ?? this.shops.get(token.toLowerCase() as Hex)
    if (shop === undefined) throw new Error(`${token} is no shop's point token`)
    return shop
  }
}
