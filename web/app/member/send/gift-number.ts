/** A gift has a number, which stands in its page's address: opened again, it is the same gift and not a second one. */
export function freshGift(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

export function isGift(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

export function beginningOf(gift: string): `0x${string}` {
  return `0x${gift}`
}

/** Each issuer's line has a number of its own: half the gift's, half the shop's. */
export function numberOfLine(gift: string, shop: number): `0x${string}` {
  return `0x${gift}${shop.toString(16).padStart(32, '0')}`
}
