import { startAuthentication } from '@simplewebauthn/browser'
import { type Address, getAddress, type Hex, hashTypedData, type LocalAccount, toHex, zeroAddress } from 'viem'
import { toAccount } from 'viem/accounts'
import { packAssertion, rpIdHashOf } from '#contracts/passkey.ts'

/** A member's account and the passkeys that sign for it. */
export interface PasskeyPlace {
  readonly member: Address
  readonly rpId: string
  readonly passkeys: readonly { readonly id: string; readonly x: Hex; readonly y: Hex }[]
  /** With the first key and its delay part of the address; null: nobody. */
  readonly guardian: Address | null
  readonly delaySeconds: number
}

/**
 * A member's account that asks their passkey for every signature: the digest is the challenge, and the answer becomes
 * the bytes that the contracts read, deployed or not.
 */
export function passkeyAccount(place: PasskeyPlace): LocalAccount {
  const sign = async ({ hash }: { hash: Hex }): Promise<Hex> => {
    const answer = await startAuthentication({
      optionsJSON: {
        challenge: base64Url(hash),
        rpId: place.rpId,
        userVerification: 'required',
        allowCredentials: place.passkeys.map(({ id }) => ({ id, type: 'public-key' })),
      },
    })
    const used = place.passkeys.find(({ id }) => id === answer.id)
    if (!used) throw new Error('Another passkey answered than was asked.')
    const { authenticatorData, clientDataJSON, signature } = answer.response
    const packed = packAssertion({
      account: { x: used.x, y: used.y, guardian: place.guardian ?? zeroAddress, delay: place.delaySeconds },
      rpIdHash: rpIdHashOf(place.rpId),
      digest: hash,
      assertion: {
        authenticatorData: hexOf(authenticatorData),
        clientDataJSON: new TextDecoder().decode(bytesOf(clientDataJSON)),
        signature: hexOf(signature),
      },
    })
    if ('refused' in packed) throw new PasskeyUnusable(packed.refused)
    return packed.signature
  }
  return toAccount({
    address: getAddress(place.member),
    sign,
    signTypedData: (terms) => sign({ hash: hashTypedData(terms) }),
    signMessage: () => Promise.reject(new Error('a passkey signs terms only')),
    signTransaction: () => Promise.reject(new Error('a passkey signs terms only')),
  })
}

/** The device answered, but not in a way that the network takes. */
export class PasskeyUnusable extends Error {
  override readonly name = 'PasskeyUnusable'
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0))
}

const hexOf = (base64: string): Hex => toHex(bytesOf(base64))

function base64Url(hash: Hex): string {
  const bytes = hash.slice(2).match(/../g) ?? []
  const text = String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16)))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
