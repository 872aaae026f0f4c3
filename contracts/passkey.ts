// What a member's passkey signs, in the bytes that our accounts read: contracts/libraries/PasskeyAssertion.sol has the
// picture. Pure viem, for the page that asks the passkey, the relayer and an auditor alike.
import {
  type Address,
  concat,
  encodePacked,
  getContractAddress,
  type Hex,
  hexToBigInt,
  hexToBytes,
  numberToHex,
  sha256,
  size,
  slice,
  stringToHex,
  zeroAddress,
  zeroHash,
} from 'viem'

/** What a member's address is made of: their first passkey, their guardian (zero: none), its delay in seconds. */
export type AccountArguments = { x: Hex; y: Hex; guardian: Address; delay: number }

/** What `navigator.credentials.get` answers with: the device's data, the browser's JSON, a signature in DER. */
export type Assertion = { authenticatorData: Hex; clientDataJSON: string; signature: Hex }

/** Why an assertion would not be taken, known before anything is sent. */
export type UnusableAssertion =
  | { refused: 'otherRelyingParty'; rpIdHash: Hex }
  | { refused: 'userNotVerified'; flags: number }
  | { refused: 'otherClientData'; clientDataJSON: string }
  | { refused: 'tooLong'; bytes: number; most: number }

/** Most bytes of a packed assertion, and of a device's extension outputs within it. */
export const MOST_ASSERTION_BYTES = 1_024
const MOST_EXTENSION_BYTES = 255

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const PRESENT_AND_VERIFIED = 0x05
const HAS_RECOVERY = 1
const ENDS_AS_USUAL = 2
const USUAL_END = '","crossOrigin":false}'

/** The hash of a relying party's id, which is a domain: what a device signs in its place. */
export function rpIdHashOf(rpId: string): Hex {
  return sha256(stringToHex(rpId))
}

/** The key within what `AuthenticatorAttestationResponse.getPublicKey()` gives: P-256 in SubjectPublicKeyInfo. */
export function publicKeyIn(info: Hex): { x: Hex; y: Hex } | { refused: 'notP256' } {
  const head = '0x3059301306072a8648ce3d020106082a8648ce3d03010703420004'
  if (size(info) !== 91 || slice(info, 0, 27) !== head) return { refused: 'notP256' }
  return { x: slice(info, 27, 59), y: slice(info, 59, 91) }
}

/** Where a member's account stands or will stand: the clone that MemberAccounts at `accounts` makes, salt zero. */
export function memberAddress(accounts: Address, { x, y, guardian, delay }: AccountArguments): Address {
  const made = encodePacked(['bytes32', 'bytes32', 'address', 'uint48'], [x, y, guardian, delay])
  const bytecode = concat(['0x6100873d81600a3d39f3', cloneCode(accounts, made)])
  return getContractAddress({ opcode: 'CREATE2', from: accounts, salt: zeroHash, bytecode })
}

/** The code that an account has once it is deployed by this call of MemberAccounts.deploy. */
export function accountCodeOf(accounts: Address, deploy: Hex): Hex {
  const [x, y, guardian, delay] = [0, 1, 2, 3].map((place) => slice(deploy, 4 + 32 * place, 36 + 32 * place))
  if (x === undefined || y === undefined || guardian === undefined || delay === undefined) throw new Error('no call')
  return cloneCode(accounts, concat([x, y, slice(guardian, 12), slice(delay, 26)]))
}

function cloneCode(accounts: Address, made: Hex): Hex {
  // MemberAccounts brings the accounts' code along, as the first thing it creates.
  const implementation = getContractAddress({ from: accounts, nonce: 1n })
  return concat(['0x363d3d373d3d3d363d73', implementation, '0x5af43d82803e903d91602b57fd5bf3', made])
}

/** How client data over this digest begin, up to the first letter of the origin (WebAuthn, section 5.8.1.1). */
export function clientDataStart(digest: Hex): string {
  return `{"type":"webauthn.get","challenge":"${base64Url(hexToBytes(digest))}","origin":"`
}

/**
 * An assertion over `digest` as the signature bytes of that account; `s` comes into the lower half of the order, as
 * devices may return either. Refuses what the contracts would, except for a signature of another key.
 * For a device that was added later, x and y are its own; guardian and delay stay those of the address.
 */
export function packAssertion(asked: {
  account: AccountArguments
  rpIdHash: Hex
  digest: Hex
  assertion: Assertion
}): { signature: Hex } | UnusableAssertion {
  const { authenticatorData, clientDataJSON } = asked.assertion
  const rpIdHash = slice(authenticatorData, 0, 32)
  if (hexToBigInt(rpIdHash) !== hexToBigInt(asked.rpIdHash)) return { refused: 'otherRelyingParty', rpIdHash }
  const flags = Number(slice(authenticatorData, 32, 33))
  if ((flags & PRESENT_AND_VERIFIED) !== PRESENT_AND_VERIFIED) return { refused: 'userNotVerified', flags }
  const start = clientDataStart(asked.digest)
  const begins = clientDataJSON.startsWith(start) && clientDataJSON.length > start.length
  if (!begins || !clientDataJSON.endsWith('}')) return { refused: 'otherClientData', clientDataJSON }
  const extensions = size(authenticatorData) > 37 ? slice(authenticatorData, 37) : '0x'
  if (size(extensions) > MOST_EXTENSION_BYTES) {
    return { refused: 'tooLong', bytes: size(extensions), most: MOST_EXTENSION_BYTES }
  }
  const rest = clientDataJSON.slice(start.length)
  // With nothing before it the usual end would leave no byte of client data, and the shorter form needs one.
  const endsAsUsual = rest.endsWith(USUAL_END) && rest.length > USUAL_END.length
  const { x, y, guardian, delay } = asked.account
  const hasRecovery = guardian !== zeroAddress || delay !== 0
  const form = (hasRecovery ? HAS_RECOVERY : 0) | (endsAsUsual ? ENDS_AS_USUAL : 0)
  const signature = concat([
    signatureNumbers(asked.assertion.signature),
    x,
    y,
    numberToHex(form, { size: 1 }),
    slice(authenticatorData, 32, 37),
    numberToHex(size(extensions), { size: 1 }),
    hasRecovery ? encodePacked(['address', 'uint48'], [guardian, delay]) : '0x',
    extensions,
    stringToHex(endsAsUsual ? rest.slice(0, -USUAL_END.length) : rest),
  ])
  if (size(signature) > MOST_ASSERTION_BYTES) {
    return { refused: 'tooLong', bytes: size(signature), most: MOST_ASSERTION_BYTES }
  }
  return { signature }
}

/** r and s of a DER signature, one behind the other in 32 bytes each, s in the lower half. */
function signatureNumbers(der: Hex): Hex {
  const bytes = hexToBytes(der)
  const [sequence, length] = bytes
  const r = derInteger(bytes, 2)
  const s = derInteger(bytes, r.end)
  if (sequence !== 0x30 || length !== bytes.length - 2 || s.end !== bytes.length) {
    throw new Error(`A passkey's signature is not a DER sequence of two numbers: ${der}`)
  }
  const low = s.value > ORDER / 2n ? ORDER - s.value : s.value
  return concat([numberToHex(r.value, { size: 32 }), numberToHex(low, { size: 32 })])
}

function derInteger(bytes: Uint8Array, at: number): { value: bigint; end: number } {
  const length = bytes[at + 1] ?? 0
  const end = at + 2 + length
  if (bytes[at] !== 0x02 || length === 0 || end > bytes.length) {
    throw new Error(`A passkey's signature has no number at byte ${at}`)
  }
  const digits = Array.from(bytes.subarray(at + 2, end), (byte) => byte.toString(16).padStart(2, '0'))
  return { value: BigInt(`0x${digits.join('')}`), end }
}

function base64Url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
