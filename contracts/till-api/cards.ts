// Cards: ordinary accounts whose keys are printed in sealed codes. What a card's key signs to become one, and how its
// key stands in the sealed code: behind a number sign, which no browser ever sends.

/** What a new card's key signs (EIP-191), so that nobody makes a card of another's account. */
export const cardStatement = (shop: number): string => `This account is to be a card of shop ${shop}.`

/** The page that a sealed code opens. */
export const sealedLink = (origin: string, key: `0x${string}`): string => `${origin}/card#${key.slice(2)}`

/** The key in what was scanned or opened; null where there is none. */
export function keyInSealed(text: string): `0x${string}` | null {
  const [, key] = /#(?:0x)?([0-9a-f]{64})$/i.exec(text.trim()) ?? []
  return key === undefined ? null : `0x${key.toLowerCase()}`
}
