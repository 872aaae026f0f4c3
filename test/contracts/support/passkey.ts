// A software authenticator and the browser before it: real WebAuthn assertions by real P-256 keys, the same in every
// run. It knows nothing of how our contracts read them.
import { createECDH, createHash, createHmac } from 'node:crypto'
import { bytesToBigInt, bytesToHex, concat, type Hex, hexToBytes, numberToBytes } from 'viem'
import type { Assertion } from '#contracts/passkey.ts'

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** What may differ from one ceremony to the next; left out, it is what a phone and a browser mostly do. */
export type Ceremony = {
  rpId?: string
  origin?: string
  type?: string
  flags?: number
  counter?: number
  extensions?: Hex
  /** Behind the origin, within the JSON. */
  end?: string
  /** Devices return either half of the curve's order. */
  half?: 'lower' | 'upper'
}

export type Passkey = ReturnType<typeof passkeyOf>

/** The passkey of that number: always the same key. */
export function passkeyOf(number: number) {
  const secret = scalarFrom(`passkey ${number}`)
  const { x, y } = pointOf(secret)
  const assert = (challenge: Hex, ceremony: Ceremony = {}): Assertion => {
    const authenticatorData = concat([
      sha256(new TextEncoder().encode(ceremony.rpId ?? 'localhost')),
      numberToBytes(ceremony.flags ?? 0x1d, { size: 1 }),
      numberToBytes(ceremony.counter ?? 0, { size: 4 }),
      hexToBytes(ceremony.extensions ?? '0x'),
    ])
    const clientDataJSON = clientData(challenge, ceremony)
    const signed = concat([authenticatorData, sha256(new TextEncoder().encode(clientDataJSON))])
    const signature = signatureOver(sha256(signed), secret, ceremony.half ?? 'lower')
    return { authenticatorData: bytesToHex(authenticatorData), clientDataJSON, signature }
  }
  return { x, y, assert }
}

/** As the standard has browsers write it, limited algorithm and all. */
function clientData(challenge: Hex, ceremony: Ceremony): string {
  const written = Buffer.from(hexToBytes(challenge)).toString('base64url')
  const origin = JSON.stringify(ceremony.origin ?? 'http://localhost:3000')
  const type = JSON.stringify(ceremony.type ?? 'webauthn.get')
  const end = ceremony.end ?? ',"crossOrigin":false}'
  return `{"type":${type},"challenge":"${written}","origin":${origin}${end}`
}

/** ECDSA over a hash, in DER; the nonce follows from key and hash, so that every run makes the same bytes. */
function signatureOver(hash: Uint8Array, secret: bigint, half: 'lower' | 'upper'): Hex {
  const nonce = scalarFrom(`nonce ${secret} ${bytesToHex(hash)}`)
  const r = BigInt(pointOf(nonce).x) % ORDER
  const sum = (bytesToBigInt(hash) + r * secret) % ORDER
  const s = (sum * inverse(nonce)) % ORDER
  const isUpper = s > ORDER / 2n
  return der(r, isUpper === (half === 'upper') ? s : ORDER - s)
}

function der(r: bigint, s: bigint): Hex {
  const numbers = [r, s].map((value) => {
    const bytes = numberToBytes(value)
    // A leading bit that is set would make the number negative.
    const positive = (bytes[0] ?? 0) > 0x7f ? concat([new Uint8Array(1), bytes]) : bytes
    return concat([Uint8Array.of(0x02, positive.length), positive])
  })
  const body = concat(numbers)
  return bytesToHex(concat([Uint8Array.of(0x30, body.length), body]))
}

/** scalar * generator, by Node's own arithmetic on the curve. */
function pointOf(scalar: bigint): { x: Hex; y: Hex } {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(numberToBytes(scalar, { size: 32 }))
  const point = curve.getPublicKey()
  return { x: bytesToHex(point.subarray(1, 33)), y: bytesToHex(point.subarray(33, 65)) }
}

function scalarFrom(name: string): bigint {
  const digest = createHmac('sha256', 'highstreet').update(name).digest()
  return (bytesToBigInt(digest) % (ORDER - 1n)) + 1n
}

/** By Fermat: value to the power of order - 2. */
function inverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, value % ORDER, ORDER - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % ORDER
    base = (base * base) % ORDER
  }
  return result
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** The DER bytes of a key as a browser's `getPublicKey()` returns them. */
export function publicKeyInfo(key: { x: Hex; y: Hex }): Hex {
  const head = '3059301306072a8648ce3d020106082a8648ce3d03010703420004'
  return `0x${head}${key.x.slice(2)}${key.y.slice(2)}`
}
