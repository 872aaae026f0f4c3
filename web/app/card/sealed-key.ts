import type { Hex } from 'viem'
import { keyInSealed } from '#contracts/till-api/cards.ts'

const place = 'highstreet sealed card'

/**
 * The key that came with the address, kept for this tab alone; it is taken out of the address, and so of its history.
 */
export function sealedKey(): Hex | null {
  const key = keyInSealed(location.hash)
  if (key !== null) {
    keepSealedKey(key)
    history.replaceState(history.state, '', location.pathname + location.search)
  }
  return key ?? keyInSealed(`#${sessionStorage.getItem(place) ?? ''}`)
}

export function keepSealedKey(key: Hex): void {
  sessionStorage.setItem(place, key.slice(2))
}

export function forgetSealedKey(): void {
  sessionStorage.removeItem(place)
}
