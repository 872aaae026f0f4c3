import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { PrivateKeyAccount } from 'viem'
import { expect } from 'vitest'
import { type Authenticator, authenticatorOn } from './authenticator.ts'
import { barriersIn } from './barriers.ts'
import { typeAmount } from './screens.ts'
import { walletIn } from './wallet.ts'

/** A device in somebody's hands, opened by the street's journeys. */
export interface Held {
  readonly page: Page
  readonly context: BrowserContext
}

export type OpenDevice = (options?: Parameters<Browser['newContext']>[0]) => Promise<Held>

const counterSeconds = 30

/**
 * The cashier rings up 12.40 for somebody new, whose phone opens what the till shows: one tap more at the till than for
 * anybody else, one tap and one touch on the phone, one more tap to trust nobody. Answers the newcomer's code.
 */
export async function joinsAtTheTill(
  till: Page,
  phone: Held,
  trusting: 'the shop' | 'nobody' = 'the shop',
): Promise<string> {
  await till.goto('/till')
  await typeAmount(till, '1240')
  await till.getByRole('button', { name: 'Give points' }).click()
  const began = performance.now()
  let taps = 0
  const tap = async (page: Page, role: 'button', name: string) => {
    taps += 1
    await page.getByRole(role, { name, exact: true }).click()
  }
  await tap(till, 'button', 'Somebody new')
  const code = (await till.getByTestId('payment-code').innerText()).replace(/\s/g, '')
  expect((await till.request.get(`/till/invitation/${code}`)).headers()['content-type']).toBe('image/svg+xml')
  await phone.page.goto(`/join?code=${code}`)
  await phone.page.getByText('37.20 points').waitFor()
  expect(await phone.page.getByRole('checkbox').isChecked()).toBe(true)
  if (trusting === 'nobody') {
    taps += 1
    await phone.page.getByRole('checkbox').click()
  }
  await tap(phone.page, 'button', 'Join')
  await phone.page.waitForURL('**/member')
  const shown = phone.page.getByText('Show this at the till').locator('xpath=following-sibling::p')
  const own = (await shown.innerText()).trim()
  await till.getByText(`37.20 points for ${own}`).waitFor()
  expect(taps).toBe(trusting === 'nobody' ? 3 : 2)
  expect((performance.now() - began) / 1000).toBeLessThan(counterSeconds)
  return own
}

/** Opens a page that asks for consent; what somebody slipped into its markup does not run. */
async function opensStrictly(page: Page, path: string): Promise<void> {
  const answer = await page.goto(path)
  const policy = answer?.headers()['content-security-policy'] ?? ''
  expect(policy).toMatch(/script-src 'self' 'nonce-\w+' 'strict-dynamic';/)
  const ran = await page.evaluate(() => {
    const box = document.createElement('div')
    box.innerHTML = '<img alt="" src="data:," onerror="globalThis.slippedIn = true">'
    document.body.append(box)
    return new Promise<boolean>((resolve) => {
      box.querySelector('img')?.addEventListener('error', () => {
        box.remove()
        resolve('slippedIn' in globalThis)
      })
    })
  })
  expect(ran).toBe(false)
}

/** What the join page says plainly, and that it may be declined with a tap; nothing bars anybody; strict scripts. */
export async function readsTheJoinPage(page: Page, code: string): Promise<void> {
  await opensStrictly(page, `/join?code=${code}`)
  await page.getByText('only what you choose now counts', { exact: false }).waitFor()
  await page.getByRole('checkbox').click()
  await page.getByText('your points are lost', { exact: false }).waitFor()
  const violations = await barriersIn(page)
  expect(violations.map(({ id }) => id)).toEqual([])
}

/** Out, and in again with a touch; nothing is typed. */
export async function leavesAndComesBack(page: Page): Promise<void> {
  await page.goto('/member/you')
  await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
  const violations = await barriersIn(page)
  expect(violations.map(({ id }) => id)).toEqual([])
  await page.getByRole('button', { name: 'Sign out here' }).click()
  await comesIn(page)
}

async function comesIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open with your passkey' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor()
}

/** The same passkey on another device of theirs, from which they then sign out everywhere. */
export async function signsOutEverywhere(
  { page: first, finger }: Held & { finger: Authenticator },
  open: OpenDevice,
): Promise<void> {
  const second = await open()
  await finger.syncTo(await authenticatorOn(second.page))
  await second.page.goto('/member')
  await comesIn(second.page)
  await second.page.getByTestId('balance').waitFor()
  await second.page.goto('/member/you')
  const devices = second.page.getByRole('listitem').filter({ hasText: /Chrome on/ })
  await expect.poll(() => devices.count(), { timeout: 20_000 }).toBe(2)
  await second.page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await second.page.getByRole('button', { name: 'Open with your passkey' }).waitFor()
  await second.context.close()
  await first.goto('/member/you')
  await comesIn(first)
}

/** A shop asks for 0.20; answers the button by which the member says yes. */
export async function isAsked(till: Page, page: Page) {
  await till.goto('/till')
  await typeAmount(till, '20')
  await till.getByRole('button', { name: 'Take points' }).click()
  const code = await till.getByTestId('payment-code').innerText()
  await opensStrictly(page, '/member/pay')
  await page.getByLabel('Code on the till').fill(code)
  await page.getByRole('button', { name: 'Next' }).click()
  return page.getByRole('button', { name: 'Pay €0.20' })
}

async function isPaid(till: Page, page: Page): Promise<void> {
  await till.getByText('€0.20 paid').waitFor()
  await page.getByText('You can put your phone away', { exact: false }).waitFor()
  await page.getByText('Done', { exact: true }).waitFor()
  // Until somebody has seen it, a till shows again what became of a payment.
  await till.getByRole('button', { name: 'Next customer' }).click()
}

/** A finger that is not the owner's pays nothing; the owner's does. */
export async function paysWithATouch(till: Page, { page, finger }: Held & { finger: Authenticator }): Promise<void> {
  const pay = await isAsked(till, page)
  await finger.recognise(false)
  await pay.click()
  await page.getByText('You said no. Nothing was done.').waitFor()
  await finger.recognise(true)
  await pay.click()
  await isPaid(till, page)
}

/** Somebody whose browser holds a wallet comes in with it; answers the code they show at a till. */
export async function comesInWithAWallet(
  { page }: Held,
  { account, chainId }: { readonly account: PrivateKeyAccount; readonly chainId: number },
): Promise<string> {
  await walletIn(page, account, chainId)
  await page.goto('/member')
  await page.getByRole('button', { name: 'Open with my wallet' }).click()
  const shown = page.getByText('Show this at the till').locator('xpath=following-sibling::p')
  return (await shown.innerText()).trim()
}

export async function paysWithAWallet(till: Page, { page }: Held): Promise<void> {
  await (await isAsked(till, page)).click()
  await isPaid(till, page)
}
