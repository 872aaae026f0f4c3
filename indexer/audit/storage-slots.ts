import type { Hex } from 'viem'
import { concatHex, keccak256, padHex, toHex } from 'viem/utils'

// Where the contracts keep what is proven; test/contracts/snapshots/storage-layouts.json holds what the compiler says.

export const pointsSlots = { supply: 10, accounts: 11, debtOf: 12 } as const
export const clearingHouseSlots = { positions: 1 } as const

export const slotAt = (place: number): Hex => padHex(toHex(place), { size: 32 })

/** Where a mapping keeps the value of a key. */
export function slotOfKey(key: Hex, place: number): Hex {
  return keccak256(concatHex([padHex(key, { size: 32 }), slotAt(place)]))
}
