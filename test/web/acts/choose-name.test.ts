import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, openStreet, type Street } from '#test/web/queries/street.ts'
import { chooseName } from '#web/acts/choose-name.ts'
import { decideConsent } from '#web/acts/decide-consent.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { memberByCodeOrAddress } from '#web/queries/members.ts'

/** A name is a member's to give, and to take away again. */

const anna = account(0xa1)
let street: Street
beforeAll(async () => {
  street = await openStreet()
})
afterAll(() => street.close())

test('it is kept, seen by others only with consent, and gone when it is taken away', async () => {
  expect(await chooseName(anna, { name: '  Anna \n Bergström ' })).toEqual({ name: 'Anna Bergström' })
  expect((await memberByCodeOrAddress(anna))?.calledName).toBe('Member 00A1')
  await decideConsent(anna, { purpose: 'greeting', given: true })
  expect((await memberByCodeOrAddress(anna))?.calledName).toBe('Anna Bergström')
  for (const nothing of [null, '', '   ']) {
    await chooseName(anna, { name: 'Anna' })
    expect(await chooseName(anna, { name: nothing })).toEqual({ name: null })
    expect((await memberByCodeOrAddress(anna))?.calledName).toBe('Member 00A1')
  }
})

test.each(['a\u0000b', 'a\u202eb', '\ud83d', 'x'.repeat(41), 7, undefined, ['Anna']])('%j is no name', async (name) => {
  const answer = await chooseName(anna, { name })
  expect(isRefusal(answer) && answer.refused).toBe('malformed')
})
