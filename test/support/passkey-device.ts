import { type Address, type Hex, hashTypedData, hexToBytes, type LocalAccount, sha256, stringToBytes } from 'viem'
import { toAccount } from 'viem/accounts'
import { type AccountArguments, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
import { type Ceremony, type Passkey, passkeyOf } from '#test/contracts/support/passkey.ts'

// A phone with one passkey, and the browser on it: what the portal's page would post. The same key in every run.

export type PasskeyDevice = ReturnType<typeof passkeyDevice>

/** Present, verified, synced, and with the new key attached. */
const created = 0x5d

export function passkeyDevice(number: number) {
  const passkey = passkeyOf(number)
  const { x, y } = passkey
  const id = Buffer.from(hexToBytes(sha256(stringToBytes(`credential ${number}`))))
  let handle: string | undefined

  /** What `navigator.credentials.create` answers with, for this challenge in base64url. */
  const creates = (challenge: string, ceremony: Ceremony & { key?: { x: Hex; y: Hex }; id?: Buffer } = {}) => {
    handle ??= challenge
    const key = ceremony.key ?? { x, y }
    const name = ceremony.id ?? id
    const clientDataJSON = JSON.stringify({
      type: ceremony.type ?? 'webauthn.create',
      challenge,
      origin: ceremony.origin ?? 'http://localhost:3000',
      crossOrigin: false,
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(name.length)
    const authenticatorData = Buffer.concat([
      hexToBytes(rpIdHashOf(ceremony.rpId ?? 'localhost')),
      Buffer.of(ceremony.flags ?? created),
      Buffer.alloc(4 + 16),
      length,
      name,
      hexToBytes(`0xa5010203262001215820${key.x.slice(2)}225820${key.y.slice(2)}`),
    ])
    return {
      id: name.toString('base64url'),
      type: 'public-key',
      response: {
        clientDataJSON: Buffer.from(clientDataJSON).toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        attestationObject: 'unread',
      },
    }
  }

  /** What `navigator.credentials.get` answers with, for this challenge in base64url. */
  const answers = (challenge: string, ceremony: Ceremony & { id?: Buffer } = {}) => {
    const digest: Hex = `0x${Buffer.from(challenge, 'base64url').toString('hex')}`
    const { authenticatorData, clientDataJSON, signature } = passkey.assert(digest, ceremony)
    const base64Url = (hex: Hex) => Buffer.from(hexToBytes(hex)).toString('base64url')
    return {
      id: (ceremony.id ?? id).toString('base64url'),
      type: 'public-key',
      response: {
        clientDataJSON: Buffer.from(clientDataJSON).toString('base64url'),
        authenticatorData: base64Url(authenticatorData),
        signature: base64Url(signature),
        userHandle: handle,
      },
    }
  }

  /** The account that signs terms with this passkey, as the network's contracts read it. */
  const account = (accounts: Address, recovery: Pick<AccountArguments, 'guardian' | 'delay'>): LocalAccount =>
    accountOf(passkey, accounts, recovery)
  return { key: { x, y }, id, creates, answers, account }
}

function accountOf(
  passkey: Passkey,
  accounts: Address,
  recovery: Pick<AccountArguments, 'guardian' | 'delay'>,
): LocalAccount {
  const own = { x: passkey.x, y: passkey.y, ...recovery }
  const sign = async ({ hash }: { hash: Hex }): Promise<Hex> => {
    const assertion = passkey.assert(hash, { half: 'upper' })
    const packed = packAssertion({ account: own, rpIdHash: rpIdHashOf('localhost'), digest: hash, assertion })
    if ('refused' in packed) throw new Error(packed.refused)
    return packed.signature
  }
  return toAccount({
    address: memberAddress(accounts, own),
    sign,
    signTypedData: (terms) => sign({ hash: hashTypedData(terms) }),
    signMessage: () => Promise.reject(new Error('not asked for')),
    signTransaction: () => Promise.reject(new Error('not asked for')),
  })
}
