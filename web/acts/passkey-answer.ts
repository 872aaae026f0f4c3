import 'server-only'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'
import { config } from '#web/queries/config.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

// What a browser answers when it has made or asked a passkey (WebAuthn level 3, sections 7.1 and 7.2). Attestation is
// not asked for: which make of device holds a key is nobody's business here.

const base64Url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'must be base64url' })
    .transform((text) => Buffer.from(text, 'base64url'))

export const creationAnswer = z.object({
  response: z.object({ clientDataJSON: base64Url(4_096), authenticatorData: base64Url(8_192) }),
})

export const assertionAnswer = z.object({
  id: base64Url(1_400),
  response: z.object({
    clientDataJSON: base64Url(4_096),
    authenticatorData: base64Url(4_096),
    signature: base64Url(256),
    userHandle: base64Url(128).nullish(),
  }),
})

export type CreationAnswer = z.output<typeof creationAnswer>
export type AssertionAnswer = z.output<typeof assertionAnswer>

export interface PublicKey {
  readonly x: Hex
  readonly y: Hex
}

/** A new passkey as its device describes it. Nothing in it proves that whoever sends it holds the private key. */
export interface CreatedPasskey {
  readonly challenge: Buffer
  readonly credentialId: Buffer
  readonly key: PublicKey
}

const clientData = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
})

const userPresent = 0x01
const userVerified = 0x04
const keyAttached = 0x40
// A P-256 key in COSE: CTAP2 lets a device write it in this one way only.
const coseStart = Buffer.from('a5010203262001215820', 'hex')
const coseMiddle = Buffer.from('225820', 'hex')
const coseLength = 77

/** A passkey made for this portal by somebody whom their device has recognised; else what is off. */
export function readCreation({ response }: CreationAnswer): CreatedPasskey | Refusal {
  const data = response.authenticatorData
  const seen = commonFault('webauthn.create', response)
  if ('refused' in seen) return seen
  if (data.length < 55 || ((data[32] ?? 0) & keyAttached) === 0) return refuse('unusablePasskey')
  const idLength = data.readUInt16BE(53)
  const keyAt = 55 + idLength
  if (idLength === 0 || idLength > 1_023 || data.length < keyAt + coseLength) return refuse('unusablePasskey')
  const cose = data.subarray(keyAt, keyAt + coseLength)
  if (!cose.subarray(0, 10).equals(coseStart) || !cose.subarray(42, 45).equals(coseMiddle)) {
    return refuse('unusablePasskey')
  }
  const key = { x: hexOf(cose.subarray(10, 42)), y: hexOf(cose.subarray(45, 77)) }
  if (publicKey(key) === null) return refuse('unusablePasskey')
  return { challenge: seen.challenge, credentialId: data.subarray(55, keyAt), key }
}

/** The challenge that was signed, once everything but the signature is found in order. */
export function readAssertion({ response }: AssertionAnswer): { readonly challenge: Buffer } | Refusal {
  return commonFault('webauthn.get', response)
}

/** Whether this key made the answer's signature. */
export function signedBy(key: PublicKey, { response }: AssertionAnswer): boolean {
  const held = publicKey(key)
  if (held === null) return false
  const signed = Buffer.concat([response.authenticatorData, sha256(response.clientDataJSON)])
  return verify('sha256', signed, { key: held, dsaEncoding: 'der' }, response.signature)
}

function commonFault(
  type: 'webauthn.create' | 'webauthn.get',
  { clientDataJSON, authenticatorData }: { readonly clientDataJSON: Buffer; readonly authenticatorData: Buffer },
): { readonly challenge: Buffer } | Refusal {
  const { publicOrigin, rpId } = config()
  const said = clientData.safeParse(parsedOrNull(clientDataJSON))
  if (!said.success || said.data.type !== type) return refuse('badPasskey')
  const { origin, challenge, crossOrigin } = said.data
  if (origin !== publicOrigin || crossOrigin === true) return refuse('otherPlace', { origin, expected: publicOrigin })
  if (authenticatorData.length < 37) return refuse('badPasskey')
  if (!authenticatorData.subarray(0, 32).equals(sha256(Buffer.from(rpId)))) {
    return refuse('otherPlace', { expected: rpId })
  }
  const flags = authenticatorData[32] ?? 0
  if ((flags & userPresent) === 0 || (flags & userVerified) === 0) return refuse('userNotVerified')
  return { challenge: Buffer.from(challenge, 'base64url') }
}

/** null where the numbers are no point of the curve. */
function publicKey({ x, y }: PublicKey) {
  const part = (hex: Hex) => Buffer.from(hex.slice(2), 'hex').toString('base64url')
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: part(x), y: part(y) }, format: 'jwk' })
  } catch {
    return null
  }
}

function parsedOrNull(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

const hexOf = (bytes: Buffer): Hex => `0x${bytes.toString('hex')}`

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
