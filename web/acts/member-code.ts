import { keccak256 } from 'viem'
import type { Hex } from './wire.ts'

const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * What a member says at a till: seven signs of their account's hash that cannot be misheard for one another. Where they
 * are somebody's already, the next try takes the signs after them (0 to 5).
 */
export function memberCode(account: Hex, attempt = 0): string {
  const bits = BigInt(keccak256(account))
  return Array.from({ length: 7 }, (_, place) => {
    return signs[Number((bits >> BigInt(251 - 5 * (place + 7 * attempt))) & 31n)]
  }).join('')
}
