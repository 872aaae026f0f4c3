import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '#test/support/chromium.ts'
import { devicesOn } from './devices.ts'
import {
  addsTheDevice,
  closesAndOpensAgain,
  earnsAgain,
  guardianBegins,
  isLockedOut,
  namesTheDevice,
  type Phone,
  phoneFrom,
  saysItWasNotMe,
  waitsForHelp,
} from './lost-phone.ts'
import { joinsAtTheTill, paysWithATouch } from './newcomer.ts'
import { type OpenedStreet, openStreetOf } from './open-street.ts'
import { memberAt } from './people.ts'

/** A first-time shopper, from the till at which they join to the day on which their lost phone is lost no more. */

const seed = 'a phone is lost'
const found = await findChromium()
const phone390 = { viewport: { width: 390, height: 844 } } as const
const threeDays = 72 * 3_600

let street: OpenedStreet
let browser: Browser

beforeAll(async () => {
  console.info(`street seed: ${seed}`)
  street = await openStreetOf(seed)
  browser = await chromium.launch({ executablePath: found.path, args: [...found.args] })
}, 600_000)

afterAll(async () => {
  await browser?.close()
  await street?.close()
}, 120_000)

test('joins, earns, pays elsewhere, loses the phone, gets back in with another, and the books agree', async () => {
  const { open, elsewhere } = devicesOn(browser, street.url)
  const till = await open({ role: 'till', id: '1/1' })
  const otherTill = await open({ role: 'till', id: '2/1' })
  const owner = await open({ role: 'owner', id: '1' })
  const balance = async () => (await memberAt(street.url, member)).balance

  const old = await phoneFrom(await open(null, phone390))
  const member = await joinsAtTheTill(till.page, old)
  await expect.poll(balance, { timeout: 20_000 }).toBe(3_720n)
  await old.page.getByTestId('balance').waitFor()
  await paysWithATouch(otherTill.page, old)
  expect(await balance()).toBe(1_720n)

  // A second device: with it they can say no later on.
  const laptop = await phoneFrom(await open(null))
  await addsTheDevice(old, laptop, await waitsForHelp(laptop, 'the code on another device'))
  await namesTheDevice(laptop, 'The old laptop')

  // Somebody talks the shop into it; whoever it belongs to says no in time.
  const stranger = await phoneFrom(await open(null, phone390))
  await guardianBegins(owner, { device: await waitsForHelp(stranger, 'the join page'), member })
  await stranger.page.getByRole('heading', { name: 'It has begun' }).waitFor()
  await saysItWasNotMe(laptop)
  await stranger.page.getByRole('heading', { name: 'That was stopped' }).waitFor()

  // The phone is gone. This time it is they themselves who ask, and nobody says no.
  let phone: Phone = await phoneFrom(await open(null, phone390))
  await guardianBegins(owner, { device: await waitsForHelp(phone, 'the door'), member })
  phone = await closesAndOpensAgain(phone)
  await phone.page.getByRole('heading', { name: 'It has begun' }).waitFor()
  await street.pass(threeDays - 600)
  await laptop.page.goto('/member/keys')
  await laptop.page.getByRole('button', { name: 'This was not me: stop it' }).waitFor()
  await street.pass(601)

  await phone.page.getByRole('heading', { name: 'This device is yours now' }).waitFor({ timeout: 60_000 })
  await phone.page.getByRole('button', { name: 'Open with your passkey' }).click()
  await phone.page.waitForURL('**/member')
  expect(await balance()).toBe(1_720n)
  expect(await phone.page.getByTestId('balance').innerText()).toContain('€0.17')
  await earnsAgain(till.page, member)
  await expect.poll(balance, { timeout: 20_000 }).toBe(5_440n)
  await paysWithATouch(otherTill.page, phone)
  expect(await balance()).toBe(3_440n)
  for (const gone of [old, laptop, stranger]) await isLockedOut(gone)

  const auditor = await open({ role: 'auditor', id: '1' })
  await auditor.page.goto('/audit')
  await auditor.page.getByText('The two books agree').waitFor()
  expect(await auditor.page.locator('[data-differences]').getAttribute('data-differences')).toBe('0')
  expect(elsewhere).toEqual([])
}, 600_000)
