import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openStreet, type Street } from '#test/web/queries/street.ts'
import { noSessionCookie, sessionCookie, tokenIn } from '#web/app/session-cookie.ts'

/** The cookie of a portal that is reached by https. */

let street: Street
beforeAll(async () => {
  street = await openStreet()
  vi.stubEnv('PUBLIC_ORIGIN', 'https://points.example')
})
afterAll(() => street.close())

const brings = (cookie: string) => tokenIn(new Request('https://points.example/', { headers: { cookie } }))

test('is out of reach of scripts, of plain connections, of neighbouring hosts and of other sites’ forms', () => {
  expect(sessionCookie({ token: 'secret', lastsSeconds: 60 })).toBe(
    '__Host-session=secret; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
  )
  expect(noSessionCookie()).toBe('__Host-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure')
})

test('is read under its own name only', () => {
  expect(brings('a=b; __Host-session=secret; c')).toBe('secret')
  expect(brings('session=secret')).toBeUndefined()
  expect(brings('__Host-sessions=secret; x__Host-session=secret')).toBeUndefined()
  expect(brings('')).toBeUndefined()
})
