// passkey.ts and the Solidity beside it agree on every byte: where an account stands, and what its passkey signed.
import { createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import {
  type Address,
  bytesToHex,
  concat,
  type Hex,
  hexToBytes,
  keccak256,
  sha256,
  stringToHex,
  zeroAddress,
} from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { memberAccountAbi, memberAccountsAbi } from '#contracts/generated.ts'
import {
  type AccountArguments,
  type Assertion,
  clientDataStart,
  memberAddress,
  packAssertion,
  publicKeyIn,
  rpIdHashOf,
} from '#contracts/passkey.ts'
import { type Ceremony, passkeyOf, publicKeyInfo } from './support/passkey.ts'
import { keyOf, openStreet, type Street } from './support/street.ts'

const rpIdHash = rpIdHashOf('localhost')
const terms = keccak256('0x7e4175')
const stranger: Address = '0x0000000000000000000000000000000000057a46'
const ends = [
  ',"crossOrigin":false}',
  ',"crossOrigin":true,"topOrigin":"https://news.example"}',
  '}',
  ',"more":{"a":1}}',
]

const passkeys = fc.integer({ min: 1, max: 40 }).map(passkeyOf)
const guardians = fc.oneof(
  fc.constant(zeroAddress),
  fc.integer({ min: 1, max: 9 }).map((n) => keyOf(n).address),
)
const delays = fc.constantFrom(0, 1, 259_200, 2 ** 48 - 1)
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes))
const ceremonies: fc.Arbitrary<Ceremony> = fc.record({
  origin: fc.oneof(
    fc.webUrl(),
    fc.constantFrom('http://localhost:3000', 'android:apk-key-hash:x', 'https://ä.example'),
  ),
  flags: fc.constantFrom(0x05, 0x0d, 0x1d, 0x85, 0x9d),
  counter: fc.nat(2 ** 32 - 1),
  extensions: fc.uint8Array({ maxLength: 60 }).map((bytes) => bytesToHex(bytes)),
  end: fc.constantFrom(...ends),
  half: fc.constantFrom('lower' as const, 'upper' as const),
})

let street: Street
let accounts: Address

beforeAll(async () => {
  street = await openStreet(0)
  accounts = street.contracts.accounts
  await street.become(stranger)
})

const argumentsOf = (key: { x: Hex; y: Hex }, guardian: Address = zeroAddress, delay = 0): AccountArguments => {
  return { x: key.x, y: key.y, guardian, delay }
}

function packed(account: AccountArguments, digest: Hex, assertion: Assertion): Hex {
  const result = packAssertion({ account, rpIdHash, digest, assertion })
  if ('refused' in result) throw new Error(result.refused)
  return result.signature
}

async function agrees(member: Address, digest: Hex, signature: Hex): Promise<unknown> {
  return street.read(accounts, memberAccountsAbi, 'agrees', [member, digest, signature])
}

describe("a member's address", () => {
  test('is known to everybody before anything is deployed', async () => {
    await fc.assert(
      fc.asyncProperty(passkeys, guardians, delays, async ({ x, y }, guardian, delay) => {
        const args = [x, y, guardian, delay]
        const member = await street.read(accounts, memberAccountsAbi, 'accountOf', args)
        expect(memberAddress(accounts, { x, y, guardian, delay })).toBe(member)
      }),
      { numRuns: 60 },
    )
  })

  test("is made of the key as a browser gives it, and of P-256's only", () => {
    const { x, y } = passkeyOf(1)
    expect(publicKeyIn(publicKeyInfo({ x, y }))).toEqual({ x, y })
    expect(publicKeyIn(`0x302a300506032b6570032100${'11'.repeat(32)}`)).toEqual({ refused: 'notP256' })
  })
})

describe('what a passkey signed', () => {
  test('is agreed to by its account, however device and browser go about it', async () => {
    await fc.assert(
      fc.asyncProperty(
        passkeys,
        guardians,
        delays,
        digests,
        ceremonies,
        async (passkey, guardian, delay, digest, ceremony) => {
          const account = argumentsOf(passkey, guardian, delay)
          const assertion = passkey.assert(digest, ceremony)
          expect(signatureIsGood(passkey, assertion), 'by the book').toBe(true)
          const member = memberAddress(accounts, account)
          expect(await agrees(member, digest, packed(account, digest, assertion))).toBe(true)
        },
      ),
      { numRuns: 120 },
    )
  })

  test('is judged by the contract as by the book, whatever became of its bytes', async () => {
    const verdicts = { yes: 0, no: 0 }
    await fc.assert(
      fc.asyncProperty(passkeys, ceremonies, fc.boolean(), changes, async (passkey, ceremony, guarded, change) => {
        const account = guarded ? argumentsOf(passkey, keyOf(5).address, 259_200) : argumentsOf(passkey)
        const good = packed(account, terms, passkey.assert(terms, ceremony))
        const bytes = bytesToHex(change(hexToBytes(good)))
        const member = memberAddress(accounts, account)
        const verdict = agreesByTheBook(member, terms, bytes)
        verdicts[verdict ? 'yes' : 'no'] += 1
        expect(await agrees(member, terms, bytes)).toBe(verdict)
      }),
      { numRuns: 300 },
    )
    expect(Math.min(verdicts.yes, verdicts.no)).toBeGreaterThan(10)
  })

  test('is agreed to by the same bytes once a stranger has deployed the account', async () => {
    await fc.assert(
      fc.asyncProperty(
        passkeys,
        guardians,
        delays,
        ceremonies,
        changes,
        async (passkey, guardian, delay, how, change) => {
          const account = argumentsOf(passkey, guardian, delay)
          const member = memberAddress(accounts, account)
          const bytes = bytesToHex(change(hexToBytes(packed(account, terms, passkey.assert(terms, how)))))
          const snapshot = await street.networkHelpers.takeSnapshot()
          const before = await agrees(member, terms, bytes)
          await street.must(stranger, accounts, memberAccountsAbi, 'deploy', [account.x, account.y, guardian, delay])
          const answer = await street.read(member, memberAccountAbi, 'isValidSignature', [terms, bytes])
          expect(answer).toBe(before ? '0x1626ba7e' : '0xffffffff')
          await snapshot.restore()
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('an assertion that would be refused', () => {
  const passkey = passkeyOf(7)
  const account = argumentsOf(passkey)
  const ask = (assertion: Assertion) => packAssertion({ account, rpIdHash, digest: terms, assertion })

  test('is known before it is sent, with the reason', () => {
    expect(ask(passkey.assert(terms, { rpId: 'other.example' }))).toEqual({
      refused: 'otherRelyingParty',
      rpIdHash: sha256(stringToHex('other.example')),
    })
    for (const flags of [0x00, 0x01, 0x04, 0x18]) {
      expect(ask(passkey.assert(terms, { flags }))).toEqual({ refused: 'userNotVerified', flags })
    }
    const strange = [
      passkey.assert(terms, { type: 'webauthn.create' }),
      passkey.assert(keccak256(terms)),
      passkey.assert(terms, { end: '' }),
      { ...passkey.assert(terms), clientDataJSON: clientDataStart(terms) },
    ]
    for (const assertion of strange) {
      expect(ask(assertion)).toEqual({ refused: 'otherClientData', clientDataJSON: assertion.clientDataJSON })
    }
    expect(ask(passkey.assert(terms, { origin: 'x'.repeat(889) }))).toHaveProperty('signature')
    expect(ask(passkey.assert(terms, { origin: 'x'.repeat(890) }))).toEqual({
      refused: 'tooLong',
      bytes: 1_025,
      most: 1_024,
    })
    const extensions = bytesToHex(new Uint8Array(256))
    expect(ask(passkey.assert(terms, { extensions }))).toEqual({ refused: 'tooLong', bytes: 256, most: 255 })
  })

  test('is a fault where it is no signature at all', () => {
    const { signature } = passkey.assert(terms)
    const broken: Hex[] = ['0x', '0x30', `${signature}00`, `0x31${signature.slice(4)}`, signature.slice(0, -2) as Hex]
    for (const one of broken) {
      expect(() => ask({ ...passkey.assert(terms), signature: one })).toThrow("A passkey's signature")
    }
  })
})

// ---------------------------------------------------------------- by the book

type Change = (bytes: Uint8Array) => Uint8Array
const other = passkeyOf(99)
const positions = fc.nat(400)
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Change>((bytes) => bytes) },
  fc.tuple(positions, fc.integer({ min: 1, max: 255 })).map(
    ([at, by]): Change =>
      (bytes) => {
        return bytes.map((byte, index) => (index === at % bytes.length ? byte ^ by : byte))
      },
  ),
  fc.tuple(positions, fc.integer({ min: 0, max: 255 })).map(
    ([at, by]): Change =>
      (bytes) => {
        const cut = at % (bytes.length + 1)
        return Uint8Array.of(...bytes.subarray(0, cut), by, ...bytes.subarray(cut))
      },
  ),
  positions.map(
    (length): Change =>
      (bytes) =>
        bytes.subarray(0, length),
  ),
  // Another key's numbers, or another key, in the place of the right ones.
  fc.constantFrom(0, 32, 64, 96).map(
    (at): Change =>
      (bytes) => {
        const [r, s] = [other.x, other.y].map((part) => hexToBytes(part))
        return concat([bytes.subarray(0, at), (at % 64 === 0 ? r : s) ?? new Uint8Array(), bytes.subarray(at + 32)])
      },
  ),
  // The same assertion, spelled in full.
  fc.constant<Change>((bytes) => {
    if (((bytes[128] ?? 0) & 2) === 0) return bytes
    const end = new TextEncoder().encode('","crossOrigin":false}')
    return Uint8Array.of(...bytes.subarray(0, 128), (bytes[128] ?? 0) & 1, ...bytes.subarray(129), ...end)
  }),
)

/** The page on passkeys, read slowly: what the bytes say, and whether Node's own cryptography agrees. */
function agreesByTheBook(member: Address, digest: Hex, packedBytes: Hex): boolean {
  const bytes = Buffer.from(hexToBytes(packedBytes))
  if (bytes.length < 136 || bytes.length > 1_024) return false
  const [form, flags, extensionLength] = [bytes.readUInt8(128), bytes.readUInt8(129), bytes.readUInt8(134)]
  if (form > 3) return false
  const afterRecovery = form % 2 === 1 ? 161 : 135
  const afterExtensions = afterRecovery + extensionLength
  if (afterExtensions >= bytes.length) return false
  const recovery = form % 2 === 1 ? bytes.subarray(135, 161) : Buffer.alloc(26)
  const [x, y] = [bytesToHex(bytes.subarray(64, 96)), bytesToHex(bytes.subarray(96, 128))]
  const guardian = bytesToHex(recovery.subarray(0, 20))
  if (memberAddress(accounts, { x, y, guardian, delay: recovery.readUIntBE(20, 6) }) !== member) return false
  if ((flags & 1) === 0 || (flags & 4) === 0) return false
  const challenge = Buffer.from(hexToBytes(digest)).toString('base64url')
  const head = `{"type":"webauthn.get","challenge":"${challenge}","origin":"`
  const end = form >= 2 ? '","crossOrigin":false}' : ''
  const clientData = Buffer.concat([Buffer.from(head), bytes.subarray(afterExtensions), Buffer.from(end)])
  if (clientData.at(-1) !== 0x7d) return false
  const s = BigInt(bytesToHex(bytes.subarray(32, 64)))
  if (s > 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n) return false
  const device = [bytes.subarray(129, 134), bytes.subarray(afterRecovery, afterExtensions)]
  const signed = Buffer.concat([hexToBytes(rpIdHash), ...device, sha256(clientData, 'bytes')])
  return verified({ x, y }, signed, bytes.subarray(0, 64), 'ieee-p1363')
}

/** An assertion as a relying party verifies it, with nothing of ours. */
function signatureIsGood(key: { x: Hex; y: Hex }, assertion: Assertion): boolean {
  const signed = concat([assertion.authenticatorData, sha256(stringToHex(assertion.clientDataJSON))])
  return verified(key, hexToBytes(signed), hexToBytes(assertion.signature), 'der')
}

function verified(key: { x: Hex; y: Hex }, data: Uint8Array, signature: Uint8Array, dsaEncoding: 'der' | 'ieee-p1363') {
  const [x, y] = [key.x, key.y].map((part) => Buffer.from(hexToBytes(part)).toString('base64url')) as [string, string]
  try {
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    return verify('sha256', data, { key: publicKey, dsaEncoding }, signature)
  } catch {
    // Not a point of the curve.
    return false
  }
}
