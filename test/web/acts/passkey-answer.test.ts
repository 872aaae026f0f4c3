import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { passkeyDevice } from '#test/support/passkey-device.ts'
import {
  type AssertionAnswer,
  assertionAnswer,
  creationAnswer,
  readAssertion,
  readCreation,
  signedBy,
} from '#web/acts/passkey-answer.ts'
import { isRefusal } from '#web/acts/refusal.ts'

/** What a browser sends is bytes that anybody may write: they are read or refused, and never fall over. */

beforeAll(() => {
  const settings = {
    WEB_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    RPC_URL: 'http://127.0.0.1:1',
    DEPLOYMENT_FILE: 'none.json',
    PUBLIC_ORIGIN: 'http://localhost:3000',
    RP_ID: 'localhost',
  }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
})
afterAll(() => {
  vi.unstubAllEnvs()
})

const phone = passkeyDevice(1)
const challenge = Buffer.alloc(32, 5).toString('base64url')
const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const parts = ['authenticatorData', 'clientDataJSON', 'signature'] as const

test('a good answer is read, with its challenge, its key and its name', () => {
  const made = readCreation(creationAnswer.parse(phone.creates(challenge)))
  expect(made).toEqual({ challenge: Buffer.alloc(32, 5), credentialId: phone.id, key: phone.key })
  const answer = assertionAnswer.parse(phone.answers(challenge))
  expect(readAssertion(answer)).toEqual({ challenge: Buffer.alloc(32, 5) })
  expect(signedBy(phone.key, answer)).toBe(true)
  expect(signedBy(passkeyDevice(2).key, answer)).toBe(false)
})

test('either half of the order is a signature, as devices return both', () => {
  for (const half of ['lower', 'upper'] as const) {
    expect(signedBy(phone.key, assertionAnswer.parse(phone.answers(challenge, { half })))).toBe(true)
  }
})

test('whatever bytes come, nothing is thrown, and nothing is taken', () => {
  fc.assert(
    fc.property(anything, anything, anything, (authenticatorData, clientDataJSON, signature) => {
      const response = { authenticatorData, clientDataJSON, signature }
      expect(isRefusal(readCreation({ response }))).toBe(true)
      expect(isRefusal(readAssertion({ id: phone.id, response }))).toBe(true)
      expect(signedBy(phone.key, { id: phone.id, response })).toBe(false)
    }),
  )
})

test('one bit turned in a good answer, and it is no answer', () => {
  const good = assertionAnswer.parse(phone.answers(challenge))
  fc.assert(
    fc.property(fc.constantFrom(...parts), fc.nat(), fc.nat(7), (part, place, bit) => {
      const bytes = Buffer.from(good.response[part])
      const at = place % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      const turned: AssertionAnswer = { ...good, response: { ...good.response, [part]: bytes } }
      const read = readAssertion(turned)
      expect(isRefusal(read) || !signedBy(phone.key, turned)).toBe(true)
    }),
  )
})

test('cut anywhere, a new passkey is refused or read whole, never in part', () => {
  const good = creationAnswer.parse(phone.creates(challenge))
  const whole = good.response.authenticatorData
  for (let length = 0; length < whole.length; length += 1) {
    const cut = { response: { ...good.response, authenticatorData: whole.subarray(0, length) } }
    expect(isRefusal(readCreation(cut))).toBe(true)
  }
})

test('a key that is no point of the curve is nobody’s', () => {
  const { x } = phone.key
  for (const y of [x, `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`] as const) {
    const made = readCreation(creationAnswer.parse(phone.creates(challenge, { key: { x, y } })))
    expect(isRefusal(made) && made.refused).toBe('unusablePasskey')
    expect(signedBy({ x, y }, assertionAnswer.parse(phone.answers(challenge)))).toBe(false)
  }
})
