import jsqr from 'jsqr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStreet, type Street } from '#test/web/queries/street.ts'
import { GET as invitation } from '#web/app/till/invitation/[code]/route.ts'
import { GET as payment } from '#web/app/till/picture/[code]/route.ts'

/** What a shopper's camera reads off a till. */

let street: Street
beforeAll(async () => {
  street = await openStreet()
})
afterAll(() => street.close())

test.each([
  { what: 'an invitation', draw: invitation, opens: 'http://localhost:3000/join?code=K7MQ2R' },
  { what: 'a payment', draw: payment, opens: 'http://localhost:3000/member/pay?code=K7MQ2R' },
])('$what opens its page on the portal', async ({ draw, opens }) => {
  const answer = await draw(new Request('http://localhost/'), { params: Promise.resolve({ code: 'k7m q2r' }) })
  expect(answer.headers.get('content-type')).toBe('image/svg+xml')
  expect(readBy(await answer.text())).toBe(opens)
})

test.each(['', '../..', '%00', '"><script>', 'é', 'A'.repeat(33)])('%j is no code', async (code) => {
  for (const draw of [invitation, payment]) {
    expect((await draw(new Request('http://localhost/'), { params: Promise.resolve({ code }) })).status).toBe(404)
  }
})

/** The picture as a camera sees it: four dots for each square. */
function readBy(picture: string): string | undefined {
  const side = Number(/viewBox="0 0 (\d+)/.exec(picture)?.[1])
  const scale = 4
  const width = side * scale
  const dots = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x = '', y = '', length = ''] of picture.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row += 1) {
      const from = (row * width + Number(x) * scale) * 4
      for (let dot = from; dot < from + Number(length) * scale * 4; dot += 4) dots.fill(0, dot, dot + 3)
    }
  }
  return jsqr(dots, width, width)?.data
}
