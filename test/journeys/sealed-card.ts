import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { isOpenToAll } from './devices.ts'
import type { Phone } from './lost-phone.ts'
import type { Held } from './newcomer.ts'
import { makeCards, typeAmount } from './screens.ts'

/** A card as it lies on paper: its outside, and what is sealed inside. */
export interface PaperCard {
  readonly code: string
  readonly key: string
}

/** The owner prints a sheet; answers the first card on it. */
export async function printsCards({ page }: Held): Promise<PaperCard> {
  await page.goto('/shop/cards')
  await makeCards(page)
  const card = page.getByRole('listitem').first()
  const outside = await card.getByRole('img', { name: /for the till$/ }).getAttribute('aria-label')
  const code = /^Code (.+), for the till$/.exec(outside ?? '')?.[1]
  const key = /\b[0-9a-f]{64}\b/.exec(await card.innerText())?.[0]
  if (code === undefined || key === undefined) throw new Error(`no card is on the sheet: ${await card.innerText()}`)
  return { code, key }
}

/** The cashier gives for 12.40 to whoever shows this code; answers what the till says of it. */
export async function ringsUpFor(till: Page, code: string): Promise<string> {
  await till.goto('/till')
  await typeAmount(till, '1240')
  await till.getByRole('button', { name: 'Give points' }).click()
  await till.getByLabel('Code on the shopper’s phone').fill(code)
  await till.getByRole('button', { name: 'Find the shopper' }).click()
  const next = till.getByRole('button', { name: /^(Next customer|Back to the till)$/ })
  const problem = till.locator('#main').getByRole('alert').filter({ hasText: /\w/ })
  await next.or(problem).first().waitFor()
  return await till.getByRole('region', { name: 'Till' }).innerText()
}

/** Opens the sealed side; the key leaves the address at once, and neither page nor network hears of it again. */
export async function opensTheCard({ page }: Held, { key }: PaperCard): Promise<void> {
  page.on('request', (request) => {
    expect(`${request.url()} ${request.postData()} ${JSON.stringify(request.headers())}`).not.toContain(key)
  })
  await page.goto(`/card#${key}`)
  await page.waitForURL((address) => address.hash === '')
}

const take = (page: Page) => page.getByRole('button', { name: 'Take €0.37 to your balance' })

/** Somebody not signed in opens it, comes in with a touch, and has what is on it before them. */
export async function comesInWithTheCard(phone: Phone, card: PaperCard): Promise<void> {
  const { page } = phone
  await page.goto('/member/you')
  await page.getByRole('button', { name: 'Sign out here' }).click()
  await page.getByRole('button', { name: 'Open with your passkey' }).waitFor()
  await opensTheCard(phone, card)
  await page.getByText('Your card is open and waits in this window.', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Open with your passkey' }).click()
  await take(page).waitFor()
  await isOpenToAll(page)
}

export async function takesItsPoints({ page }: Held): Promise<void> {
  await take(page).click()
  await page.getByText('On its way to you').waitFor()
  await isOpenToAll(page)
}

/** Who had it open as well comes too late, now and when they open it again. */
export async function comesTooLate({ page }: Held): Promise<void> {
  await take(page).click()
  const sentence = page.getByText('points have moved to another phone', { exact: false })
  await sentence.waitFor()
  await page.reload()
  await sentence.waitFor()
  expect(await take(page).count()).toBe(0)
  await isOpenToAll(page)
}
