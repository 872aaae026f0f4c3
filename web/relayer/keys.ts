import { createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto'
import { type Hex, keccak256 } from 'viem'
import { z } from 'zod'

/** A key the relayer signs with; a retiring one only brings to an end what it has signed. */
export interface RelayerKey {
  readonly key: Hex
  readonly retiring: boolean
}

/** Why a text holds no keys, in words that do not repeat what it holds. */
export interface Unreadable {
  readonly unreadable: string
}

const line = /^(retire\s+)?(?:0x)?([0-9a-fA-F]{64})$/

/** Keys one a line or with commas between; `retire` before one takes it out of service. Of two equal ones the last. */
export function keysIn(text: string): readonly RelayerKey[] | Unreadable {
  const found = new Map<Hex, RelayerKey>()
  for (const one of text.split(/[\n,]/).map((part) => part.trim())) {
    if (one === '') continue
    const [, retiring, digits] = line.exec(one) ?? []
    if (digits === undefined) return { unreadable: 'holds no private key' }
    const key: Hex = `0x${digits.toLowerCase()}`
    found.set(key, { key, retiring: retiring !== undefined })
  }
  const keys = [...found.values()]
  if (keys.length === 0) return { unreadable: 'holds no private key' }
  return keys.some(({ retiring }) => !retiring) ? keys : { unreadable: 'has no key in service: all of them retire' }
}

const hexBytes = z
  .string()
  .regex(/^(?:[0-9a-fA-F]{2})+$/)
  .transform((digits) => Buffer.from(digits, 'hex'))
const mostScryptBytes = 1024 * 1024 * 1024
const scrypt = z.object({
  kdf: z.literal('scrypt'),
  kdfparams: z
    .object({
      n: z.int().min(2),
      r: z.int().min(1),
      p: z.int().min(1).max(64),
      dklen: z.literal(32),
      salt: hexBytes,
    })
    .refine(({ n, r }) => 128 * n * r <= mostScryptBytes),
})
const pbkdf2 = z.object({
  kdf: z.literal('pbkdf2'),
  kdfparams: z.object({
    c: z.int().min(1).max(10_000_000),
    prf: z.literal('hmac-sha256'),
    dklen: z.literal(32),
    salt: hexBytes,
  }),
})
const sealed = z.object({
  cipher: z.literal('aes-128-ctr'),
  ciphertext: hexBytes.refine((bytes) => bytes.length === 32),
  cipherparams: z.object({ iv: hexBytes.refine((bytes) => bytes.length === 16) }),
  mac: hexBytes,
})
const keystore = z.object({ version: z.literal(3), crypto: z.union([scrypt.and(sealed), pbkdf2.and(sealed)]) })

/** Whether the text is meant as a keystore. */
export const isKeystore = (text: string): boolean => text.trimStart().startsWith('{')

/** The key in a keystore of version 3 (Web3 Secret Storage), as geth and foundry write it. */
export function keyInKeystore(text: string, password: string): readonly RelayerKey[] | Unreadable {
  const read = keystore.safeParse(parsedOrNull(text))
  if (!read.success) return { unreadable: 'is no keystore of version 3' }
  const { crypto } = read.data
  const derived = derivedKey(crypto, password)
  const mac = keccak256(Buffer.concat([derived.subarray(16, 32), crypto.ciphertext]))
  if (mac.slice(2) !== crypto.mac.toString('hex')) return { unreadable: 'does not open with that password' }
  const cipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), crypto.cipherparams.iv)
  const key = Buffer.concat([cipher.update(crypto.ciphertext), cipher.final()])
  return [{ key: `0x${key.toString('hex')}`, retiring: false }]
}

function derivedKey(crypto: z.output<typeof keystore>['crypto'], password: string): Buffer {
  if (crypto.kdf === 'scrypt') {
    const { n, r, p, salt } = crypto.kdfparams
    return scryptSync(password, salt, 32, { N: n, r, p, maxmem: 2 * 128 * n * r + 1024 * 1024 })
  }
  return pbkdf2Sync(password, crypto.kdfparams.salt, crypto.kdfparams.c, 32, 'sha256')
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
