// What a cashier types: digits that push in from the right, as on every till.

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '00' | 'back' | 'clear'

/** 9,999,999.99 at most: more than any receipt, less than what the chain can carry. */
const MOST_CENTS = 999_999_999n

export function pressed(cents: bigint, key: Key): bigint {
  if (key === 'clear') return 0n
  if (key === 'back') return cents / 10n
  const grown = key === '00' ? cents * 100n : cents * 10n + BigInt(key)
  return grown > MOST_CENTS ? cents : grown
}

/** The key of a keyboard as a key of the till, or null. */
export function keyOf(name: string): Key | null {
  if (/^[0-9]$/.test(name)) return name as Key
  if (name === 'Backspace') return 'back'
  return name === 'Escape' || name === 'Delete' ? 'clear' : null
}
