import { GET as health } from '#web/app/api/health/route.ts'
import type { Shelf } from '#web/app/till/shelf.ts'
import type { TillGround } from '#web/app/till/till-ground.ts'
import type { TillPlace } from '#web/app/till/till-key.ts'
import { secretOf, type TestNetwork, type TestShop } from './network.ts'
import { routeFetch } from './route-fetch.ts'

/** A shelf as a browser's own: what lies there is copied in and out, and changes one after the other. */
export function shelfOf(content: Readonly<Record<string, unknown>> = {}): Shelf {
  const kept = new Map<string, unknown>(Object.entries(content))
  return {
    read: async (name) => structuredClone(kept.get(name)),
    change: async (name, change) => {
      const changed = change(structuredClone(kept.get(name)))
      kept.set(name, structuredClone(changed))
      return changed
    },
  }
}

/** A device that holds a till's key, and nothing else yet. */
export const deviceOf = (shop: TestShop): Shelf =>
  shelfOf({ [`key ${shop.till.address.toLowerCase()}`]: secretOf('till', shop.shop) })

export function placeOf(network: TestNetwork, shop: TestShop): TillPlace {
  const { chainId, contracts } = network
  const { issuance, redemptions } = contracts
  return { shop: shop.shop, till: 1, chainId, issuance, redemptions, key: shop.till.address }
}

/** A till in one window of that device; `clock` is the machine's. */
export function windowOf(place: TillPlace, shelf: Shelf, clock: () => number): TillGround {
  return { place, shelf, page: crypto.randomUUID(), now: clock }
}

/** The way from tills to the street: through the API's own doors, cut, or losing what comes back. */
export class Way {
  state: 'open' | 'cut' | 'loses answers' = 'open'
  /** How many requests came to the street. */
  arrived = 0
  /** What the shop's own screens or programs show to be let in; null: nothing. */
  key: string | null = null
  readonly #elsewhere = globalThis.fetch

  /** In the place of the browser's own fetch. */
  readonly fetch: typeof fetch = async (address, init) => {
    if (typeof address !== 'string' || !address.startsWith('/')) return await this.#elsewhere(address, init)
    if (this.state === 'cut') throw new TypeError('there is no network')
    this.arrived += 1
    const headers = new Headers(init?.headers)
    if (this.key !== null) headers.set('authorization', `Bearer ${this.key}`)
    const path = `http://street${address}`
    const response = address === '/api/health' ? await health() : await routeFetch(path, { ...init, headers })
    if (this.state === 'loses answers' && init?.method === 'POST') throw new TypeError('the answer was lost')
    response.headers.set('date', new Date().toUTCString())
    return response
  }
}
