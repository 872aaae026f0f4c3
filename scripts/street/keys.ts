import { createECDH, createHmac, type ECDH, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Address, getAddress, type Hex, keccak256 } from 'viem'
import { Complaint } from './complaint.ts'

/** Keys that come out the same for the same secret and label, and tell nothing about one another. */
export function keyFrom(secret: string, label: string): Hex {
  return `0x${createHmac('sha256', secret).update(label).digest('hex')}`
}

export const newSecret = (): string => randomBytes(32).toString('hex')

export const newKey = (): Hex => `0x${randomBytes(32).toString('hex')}`

/** The key a file holds; a file that holds none is the person's to put right. */
export function keyIn(path: string): Hex {
  const text = readFileSync(path, 'utf8').trim()
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text as Hex
  throw new Complaint(`${path} holds no private key, which is 0x and 64 hexadecimal digits: bring the right one back.`)
}

/** The address of a private key. Node's own curve code is some ten times faster than JavaScript's. */
export function addressOfKey(key: Hex): Address {
  return getAddress(lowerAddressOfKey(key))
}

/** As `addressOfKey`, in small letters and without the checksum, for thousands at once. */
export function lowerAddressOfKey(key: Hex): Address {
  const pair = curve()
  pair.setPrivateKey(key.slice(2), 'hex')
  const point = pair.getPublicKey()
  return `0x${keccak256(point.subarray(1)).slice(26)}`
}

let known: ECDH | undefined

const curve = (): ECDH => {
  known ??= createECDH('secp256k1')
  return known
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What a member says at a till: seven signs of an account's hash that cannot be misheard for one another. */
export function memberCode(address: Address): string {
  const bits = BigInt(keccak256(address.toLowerCase() as Address))
  return Array.from({ length: 7 }, (_, place) => alphabet[Number((bits >> BigInt(251 - 5 * place)) & 31n)]).join('')
}
