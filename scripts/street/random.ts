import { createHash } from 'node:crypto'

/** Chance that comes out the same for the same seed, on every machine. */
export interface Chance {
  /** A number from 0 up to, not including, 1. */
  fraction(): number
  /** A whole number from `lowest` to `highest`, both included. */
  between(lowest: number, highest: number): number
  pick<Item>(items: readonly Item[]): Item
  happens(probability: number): boolean
}

/** mulberry32 over the seed's hash: small, and good enough for a street's habits; never for keys. */
export function chanceFrom(seed: string): Chance {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (lowest: number, highest: number): number => lowest + Math.floor(fraction() * (highest - lowest + 1))
  return {
    fraction,
    between,
    pick(items) {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    happens: (probability) => fraction() < probability,
  }
}
