import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { keccak256, stringToBytes } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from '#test/support/chromium.ts'
import { authenticatorOn } from './authenticator.ts'
import { barriersIn } from './barriers.ts'
import {
  comesInWithAWallet,
  joinsAtTheTill,
  leavesAndComesBack,
  paysWithATouch,
  paysWithAWallet,
  readsTheJoinPage,
  signsOutEverywhere,
} from './newcomer.ts'
import { type OpenedStreet, openStreetOf } from './open-street.ts'
import { bringsInPastSales } from './past-sales.ts'
import { castOf, enter, memberAt, peopleOf } from './people.ts'
import { type Screen, screensOf, settled, typeAmount } from './screens.ts'
import type { Somebody } from './somebody.ts'
import { tillPromises } from './till.ts'

const seed = 'a point goes round'
const found = await findChromium()

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

/** A device in somebody's hands. What it asks of other machines is written down. */
async function device(who: Somebody | null, options: Parameters<Browser['newContext']>[0] = {}) {
  const context = await browser.newContext({
    baseURL: street.url,
    locale: 'en-IE',
    reducedMotion: 'reduce',
    ...options,
  })
  const elsewhere: string[] = []
  context.on('request', (request) => {
    const address = new URL(request.url())
    if (/^(https?|wss?):$/.test(address.protocol) && address.origin !== street.url) elsewhere.push(request.url())
  })
  if (who) await enter(context, who)
  return { context, page: await context.newPage(), elsewhere }
}

const phone390 = { viewport: { width: 390, height: 844 } } as const

/** A shopper with points, but none of the shop where they are going to pay. */
async function shopperWithout(shopName: string): Promise<{ who: Somebody; code: string; balance: bigint }> {
  for (const { address } of (await peopleOf(street.url)).members) {
    const { code, balance } = await memberAt(street.url, address)
    if (balance < 10_000n) continue
    const who = { role: 'member', id: address } as const
    const { context, page } = await device(who)
    await page.goto('/member')
    const issuers = await page.getByRole('region', { name: 'Where your points come from' }).innerText()
    await context.close()
    if (!issuers.includes(shopName)) return { who, code, balance }
  }
  throw new Error(`everybody on this street has points of ${shopName}`)
}

async function balanceOf(who: Somebody): Promise<bigint> {
  return (await memberAt(street.url, who.id)).balance
}

describe('a point goes round the street', () => {
  test('given at one till, sent to a friend, spent in another shop, settled, and the books agree', async () => {
    const payAt = 'Alder & Rye'
    const { who, code, balance } = await shopperWithout(payAt)
    const shopper = await device(who, phone390)
    const given = await givesPoints({ code, shopper: shopper.page })
    await expect.poll(() => balanceOf(who), { timeout: 20_000 }).toBe(balance + given)

    await sendsPoints(shopper.page, who)
    const issuer = await paysAt(payAt, shopper)
    await showsTheDebtAndSettles(issuer, payAt)
    await booksAgree()
    await mirrorChecksItself()

    const after = await balanceOf(who)
    expect(after).toBe(balance + given - 1_000n - 2_000n)
    await shopper.page.goto('/member')
    const shown = await shopper.page.getByTestId('balance').innerText()
    await shopper.page.reload()
    expect(await shopper.page.getByTestId('balance').innerText()).toBe(shown)
    expect(shopper.elsewhere).toEqual([])
    await shopper.context.close()
  })
})

/** The cashier of the first shop gives; the shopper sees the points on their way, then as theirs. */
async function givesPoints({ code, shopper }: { code: string; shopper: Page }): Promise<bigint> {
  const till = await device({ role: 'till', id: '1/1' })
  street.pause('relayer')
  try {
    await till.page.goto('/till')
    await typeAmount(till.page, '1240')
    await till.page.getByRole('button', { name: 'Give points' }).click()
    await till.page.getByLabel('Code on the shopper’s phone').fill(code)
    await till.page.getByRole('button', { name: 'Find the shopper' }).click()
    await till.page.getByText(/^37\.20 points for/).waitFor()
    await shopper.goto('/member')
    await shopper.getByText('37.20 points on their way').waitFor()
    await shopper.getByText('On its way').first().waitFor()
  } finally {
    street.resume('relayer')
  }
  await shopper.getByText('37.20 points on their way').waitFor({ state: 'detached' })
  await shopper.getByText('On its way').first().waitFor({ state: 'detached' })
  await till.page.getByRole('button', { name: 'Next customer' }).click()
  await till.page.getByRole('region', { name: 'Latest receipts' }).getByText('Done').first().waitFor()
  expect(till.elsewhere).toEqual([])
  await till.context.close()
  return 3_720n
}

/** 0.10 goes to the first person the shopper finds. */
async function sendsPoints(page: Page, from: Somebody): Promise<void> {
  await page.goto('/member/send')
  const friend = page.locator('#main li a').first()
  const code = new URL((await friend.getAttribute('href')) ?? '', street.url).searchParams.get('to') ?? ''
  const before = await memberAt(street.url, code)
  const own = await balanceOf(from)
  await friend.click()
  await page.getByLabel('Amount').fill('0.10')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Send €0.10' }).click()
  await page.getByText('On its way').first().waitFor()
  // Opened again, by reload or by Back, it is the same gift: there is nothing to send a second time.
  await page.reload()
  await page.getByText('Sent to', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Send €0.10' }).count()).toBe(0)
  await expect
    .poll(async () => (await memberAt(street.url, code)).balance, { timeout: 20_000 })
    .toBe(before.balance + 1_000n)
  expect(await balanceOf(from)).toBe(own - 1_000n)
}

/** Another shop asks for 0.20, the shopper agrees, the till adds its own yes. Answers whose points paid. */
async function paysAt(shopName: string, shopper: { page: Page; context: BrowserContext }): Promise<string> {
  const { page } = shopper
  const till = await device({ role: 'till', id: '2/1' })
  await till.page.goto('/till')
  expect(await till.page.getByRole('heading', { level: 1 }).innerText()).toBe(shopName)
  await typeAmount(till.page, '20')
  await till.page.getByRole('button', { name: 'Take points' }).click()
  const code = await till.page.getByTestId('payment-code').innerText()
  await page.goto('/member/pay')
  await page.getByLabel('Code on the till').fill(code)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('heading', { name: 'With these points' }).waitFor()
  const issuer = await page.getByTestId('paying-shop').first().innerText()
  await page.getByRole('button', { name: 'Pay €0.20' }).click()
  await till.page.getByText('€0.20 paid').waitFor()
  await page.getByText('You can put your phone away', { exact: false }).waitFor()
  await page.getByText('Done', { exact: true }).waitFor()
  expect(till.elsewhere).toEqual([])
  await till.context.close()
  return issuer
}

/** At the issuer's desk the debt stands beside the other shop's name until everybody settles. */
async function showsTheDebtAndSettles(issuer: string, creditor: string): Promise<void> {
  const { page, context, elsewhere } = await device(null)
  await page.goto('/')
  await page.getByRole('button', { name: 'Come in as' }).click()
  const owners = page.getByRole('dialog').getByRole('region', { name: 'Shop owners' })
  await owners.getByRole('button', { name: issuer }).click()
  await page.waitForURL('**/shop')
  const debt = page.getByRole('listitem').filter({ hasText: creditor })
  await debt.getByText('you owe €0.20', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Settle up' }).click()
  await page.getByText('All square', { exact: true }).waitFor()
  expect(elsewhere).toEqual([])
  await context.close()
}

/** What the chain says and what the mirror says, as the auditor sees them. */
async function booksAgree(): Promise<void> {
  const { page, context } = await device({ role: 'auditor', id: '1' })
  await page.goto('/audit')
  await page.getByText('The two books agree').waitFor()
  expect(await page.locator('[data-differences]').getAttribute('data-differences')).toBe('0')
  await context.close()
}

async function mirrorChecksItself(): Promise<void> {
  const { page, context } = await device({ role: 'auditor', id: '1' })
  await page.goto('/audit')
  for (const check of ['sums', 'samples', 'rebuild']) {
    await page.locator(`[data-self-check="${check}"][data-verdict="holds"]`).waitFor({ timeout: 90_000 })
  }
  await context.close()
}

describe('somebody new', () => {
  test('joins at a till with a touch, earns, comes back, pays in another shop, and the books agree', async () => {
    const till = await device({ role: 'till', id: '1/1' })
    const phone = await device(null, phone390)
    const held = { ...phone, finger: await authenticatorOn(phone.page) }
    const own = await joinsAtTheTill(till.page, phone)
    await expect.poll(async () => (await memberAt(street.url, own)).balance, { timeout: 20_000 }).toBe(3_720n)
    await leavesAndComesBack(phone.page)
    await signsOutEverywhere(held, () => device(null))
    const other = await device({ role: 'till', id: '2/1' })
    await paysWithATouch(other.page, held)
    expect((await memberAt(street.url, own)).balance).toBe(1_720n)
    await booksAgree()
    for (const { context, elsewhere } of [till, phone, other]) {
      expect(elsewhere).toEqual([])
      await context.close()
    }
  })

  test('is told what cannot be undone, and may trust nobody', async () => {
    const till = await device({ role: 'till', id: '1/1' })
    await till.page.goto('/till')
    const headers = { origin: street.url }
    const asked = await till.page.request.post('/api/invitations', { data: { points: '3720', spend: '1240' }, headers })
    const { code } = (await asked.json()) as { code: string }
    const { page, context } = await device(null, phone390)
    await readsTheJoinPage(page, code)
    await Promise.all([context.close(), till.context.close()])
  })

  test('with a wallet comes in by one sentence, and pays by its signature', async () => {
    const account = privateKeyToAccount(keccak256(stringToBytes(`wallet of ${seed}`)))
    const wallet = await device(null)
    const own = await comesInWithAWallet(wallet, { account, chainId: 31_337 })
    const till = await device({ role: 'till', id: '2/1' })
    await gives(till.page, own)
    await expect.poll(async () => (await memberAt(street.url, own)).balance, { timeout: 20_000 }).toBeGreaterThan(0n)
    await paysWithAWallet(till.page, wallet)
    await Promise.all([wallet.context.close(), till.context.close()])
  })
})

/** The cashier gives for 12.40 to whoever shows this code. */
async function gives(page: Page, code: string): Promise<void> {
  await page.goto('/till')
  await typeAmount(page, '1240')
  await page.getByRole('button', { name: 'Give points' }).click()
  await page.getByLabel('Code on the shopper’s phone').fill(code)
  await page.getByRole('button', { name: 'Find the shopper' }).click()
  await page.getByRole('button', { name: 'Next customer' }).click()
}

tillPromises(() => street, found)

test('an owner brings in past sales in one afternoon', () => bringsInPastSales(street, device))

describe('everybody can use every screen', () => {
  test('no barrier is found by axe on a phone or a desk, light or dark', { timeout: 900_000 }, async () => {
    const barriers: string[] = []
    for (const screen of screensOf(await castOf(street.url))) barriers.push(...(await barriersOf(screen)))
    expect(barriers).toEqual([])
  })
})

/** What keeps somebody from using a screen: as axe finds it, or a page wider than the device. */
async function barriersOf(screen: Screen): Promise<string[]> {
  const { page, context } = await device(screen.who, { ...phone390, colorScheme: 'light' })
  await page.goto(screen.path)
  await page.locator('#main').waitFor()
  await screen.reach?.(page)
  const barriers: string[] = []
  for (const viewport of [phone390.viewport, { width: 1440, height: 900 }]) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.evaluate(settled)
      const at = `${screen.name} at ${viewport.width}, ${colorScheme}`
      // By night nothing differs but the colours.
      for (const { id, nodes } of await barriersIn(page, colorScheme === 'light' ? undefined : ['color-contrast'])) {
        barriers.push(...nodes.map(({ target, failureSummary }) => `${at}: ${id} ${target} ${failureSummary}`))
      }
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wider > 0) barriers.push(`${screen.name} at ${viewport.width}: scrolls sideways by ${wider} px`)
  }
  await context.close()
  return barriers
}
