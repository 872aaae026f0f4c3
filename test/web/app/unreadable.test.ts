import { NextRequest } from 'next/server'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { POST as decide } from '#web/app/api/member/consents/route.ts'
import { GET as takeAway } from '#web/app/member/you/export/route.ts'
import { proxy } from '#web/proxy.ts'
import { knownOfMember } from '#web/queries/known-of-member.ts'
import { memberByCodeOrAddress, members } from '#web/queries/members.ts'
import { requestByCode } from '#web/queries/request-by-code.ts'
import { codeTyped } from '#web/ui/spaced-code.ts'

/** Cookies, addresses and codes are written by anybody: what cannot be read means nothing, and stops nothing. */

const jar = vi.hoisted(() => new Map<string, string>())
vi.mock('next/headers', () => ({
  cookies: async () => ({ get: (name: string) => (jar.has(name) ? { name, value: jar.get(name) } : undefined) }),
}))

let street: LivingStreet
beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 1 })
})
afterAll(() => street.close())
beforeEach(() => jar.clear())

const unseen = ['\u0000', 'A\u0000B', '\ud83d', '\u202e']

describe('what cannot be read', () => {
  test.each(['%', '%E0%A4%A', '%ff', 'a%'])('the code %s stays as it was typed', (typed) => {
    expect(codeTyped(typed)).toBe(typed.toUpperCase())
  })

  test.each(unseen)('the sign %j finds nobody and no payment', async (typed) => {
    expect(await memberByCodeOrAddress(typed)).toBeNull()
    expect(await members(typed)).toEqual([])
    expect(await requestByCode(typed)).toBeNull()
  })

  test.each([
    '',
    '%',
    '%E0%A4%A',
    '\u0000',
    'owner:1',
    'member:0x',
    '__proto__',
    'A'.repeat(70),
    '-_'.repeat(35),
    'x'.repeat(4000),
  ])('whoever comes with the cookie %j decides nothing', async (cookie) => {
    jar.set('session', cookie)
    const response = await decide(posted({ purpose: 'greeting', given: true }))
    expect(await response.json()).toMatchObject({ status: 403, code: 'notYours' })
    expect((await takeAway()).status).toBe(403)
  })

  test.each(['/api/v1/member/%', '/api/v1/tills/%ff/1/next', '/till/picture/%E0%A4%A'])('the address %s', (path) => {
    expect(proxy(new NextRequest(`http://localhost:3000${path}`)).status).toBe(400)
  })
})

function posted(body: unknown): Request {
  const headers = { 'content-type': 'application/json' }
  return new Request('http://localhost/api', { method: 'POST', headers, body: JSON.stringify(body) })
}

test('the cookies of before, which claimed somebody, open nothing', async () => {
  const member = street.network.members[0]?.address ?? '0x'
  jar.set('person', `member:${member}`)
  jar.set('proof', `${member}.9999999999.0x${'11'.repeat(65)}`)
  const response = await decide(posted({ purpose: 'greeting', given: true }))
  expect(response.status).toBe(403)
  expect(await knownOfMember(member)).toMatchObject({ greeting: { given: false, decidedAt: null } })
})
