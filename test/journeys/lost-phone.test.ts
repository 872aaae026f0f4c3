import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findChromium } from '#test/support/chromium.ts'
import { devicesOn } from './devices.ts'
import {
  addsTheDevice,
  choosesToBeHelpedBy,
  closesAndOpensAgain,
  earnsAgain,
  guardianBegins,
  isLockedOut,
  isNotRecoverable,
  namesTheDevice,
  type Phone,
  phoneFrom,
  removesTheOther,
  saysItWasNotMe,
  waitsForHelp,
} from './lost-phone.ts'
import { isAsked, joinsAtTheTill, paysWithATouch } from './newcomer.ts'
import { type OpenedStreet, openStreetOf } from './open-street.ts'
import { memberAt, peopleOf } from './people.ts'
import {
  comesInWithTheCard,
  comesTooLate,
  opensTheCard,
  printsCards,
  ringsUpFor,
  takesItsPoints,
} from './sealed-card.ts'

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

test('a card is taken to a phone, once; tills and whoever comes later are told so', async () => {
  const { open, elsewhere } = devicesOn(browser, street.url)
  const till = await open({ role: 'till', id: '1/1' })
  const card = await printsCards(await open({ role: 'owner', id: '1' }))
  const claimer = await phoneFrom(await open(null, phone390))
  const member = await joinsAtTheTill(till.page, claimer)
  expect(await ringsUpFor(till.page, card.code)).toContain('37.20 points for')
  const balanceOf = async (whose: string) => (await memberAt(street.url, whose)).balance
  await expect.poll(() => balanceOf(card.code), { timeout: 20_000 }).toBe(3_720n)

  const rival = await open({ role: 'member', id: (await peopleOf(street.url)).members[0]?.address ?? '' }, phone390)
  await opensTheCard(rival, card)
  await rival.page.getByRole('button', { name: /^Take / }).waitFor()
  await comesInWithTheCard(claimer, card)
  await takesItsPoints(claimer)
  await expect.poll(() => balanceOf(member), { timeout: 20_000 }).toBe(7_440n)
  await comesTooLate(rival)
  expect(await ringsUpFor(till.page, card.code)).toContain('points have moved')
  expect(elsewhere).toEqual([])
}, 300_000)

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

test('trusts nobody, then a friend: a device is removed, a change stopped, a phone replaced', async () => {
  const { open, elsewhere } = devicesOn(browser, street.url)
  const till = await open({ role: 'till', id: '1/1' })
  const otherTill = await open({ role: 'till', id: '2/1' })
  const balance = async () => (await memberAt(street.url, member)).balance
  const friend = await phoneFrom(await open(null, phone390))
  const friendsCode = await joinsAtTheTill(till.page, friend)
  const old = await phoneFrom(await open(null, phone390))
  const member = await joinsAtTheTill(till.page, old, 'nobody')
  await expect.poll(balance, { timeout: 20_000 }).toBe(3_720n)
  await isNotRecoverable(old)
  await choosesToBeHelpedBy(old, friendsCode)

  // A tablet is added, and taken off again while it has a payment before it: it pays and opens nothing any more.
  const tablet = await phoneFrom(await open(null))
  await addsTheDevice(old, tablet, await waitsForHelp(tablet, 'the code on another device'))
  await old.page.getByRole('heading', { name: 'You can lose a device and keep your points' }).waitFor()
  const pay = await isAsked(otherTill.page, tablet.page)
  await removesTheOther(old)
  await pay.click()
  // Not the announcer of the page's own name, which calls itself an alert as well.
  await tablet.page.locator('#main').getByRole('alert').filter({ hasText: /\w/ }).waitFor()
  await otherTill.page.getByRole('button', { name: 'Call it off' }).click()
  await isLockedOut(tablet)
  expect(await balance()).toBe(3_720n)

  // Three days on the friend is in office. Somebody talks them into it; the member says no in time.
  await street.pass(threeDays + 60)
  await old.page.goto('/member/keys')
  await old.page.getByText(/may help you to a new device\.$/).waitFor()
  const stranger = await phoneFrom(await open(null, phone390))
  const wrongly = await waitsForHelp(stranger, 'the join page')
  await guardianBegins(friend, { device: wrongly, member, at: 'member' })
  await saysItWasNotMe(old)
  await stranger.page.getByRole('heading', { name: 'That was stopped' }).waitFor()

  // The phone is lost for good.
  const phone = await phoneFrom(await open(null, phone390))
  const device = await waitsForHelp(phone, 'the door')
  await guardianBegins(friend, { device, member, at: 'member' })
  await phone.page.getByRole('heading', { name: 'It has begun' }).waitFor()
  await street.pass(threeDays + 60)
  await phone.page.getByRole('heading', { name: 'This device is yours now' }).waitFor({ timeout: 60_000 })
  await phone.page.getByRole('button', { name: 'Open with your passkey' }).click()
  await phone.page.waitForURL('**/member')
  await paysWithATouch(otherTill.page, phone)
  expect(await balance()).toBe(1_720n)
  for (const gone of [old, stranger]) await isLockedOut(gone)
  expect(elsewhere).toEqual([])
}, 600_000)
