import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Chromium } from '#test/support/chromium.ts'
import { balanceOf, button, givesTo, someoneKnown } from './at-the-till.ts'
import { authenticatorOn } from './authenticator.ts'
import { cameraPlaying, holdBefore } from './fake-camera.ts'
import type { OpenedStreet } from './open-street.ts'
import { asksForWhatIsOwed } from './owed.ts'
import { enter, type OpenSomebodys, peopleOf } from './people.ts'
import { typeAmount } from './screens.ts'
import { switchesATillOff } from './switched-off.ts'

/** Three sales without a network, the page closed between them; back on the network each counts once. */
export async function goesOnWithoutANetwork(street: OpenedStreet, open: OpenSomebodys): Promise<void> {
  const { context, page } = await open({ role: 'till', id: '1/1' })
  await page.goto('/till')
  await page.locator('[data-opens-offline="true"]').waitFor()
  const kept = await page.evaluate(async () => {
    const paths: string[] = []
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname)
    }
    return paths.filter((path) => !path.startsWith('/_next/static/'))
  })
  // Nothing of a session, nothing of the API.
  expect(kept).toEqual(['/till/offline'])
  const { name, address } = await someoneKnown(page, street)
  const before = await balanceOf(street, address)

  await context.setOffline(true)
  await givesTo(page, '1000', name)
  await page.getByText('kept safe on this till', { exact: false }).waitFor()
  await button(page, 'Next customer').click()
  await givesTo(page, '2000', name)
  await page.close()
  const again = await context.newPage()
  await again.goto('/till')
  await again.waitForURL('**/till/offline')
  await again.getByText('2 sales wait here.', { exact: false }).waitFor()
  await givesTo(again, '3000', name)
  await button(again, 'Next customer').click()
  await again.getByText('3 sales wait here.', { exact: false }).waitFor()
  await typeAmount(again, '100')
  await button(again, 'Take points').click()
  await again.getByText('Points are taken only when the network is there', { exact: false }).waitFor()
  await button(again, 'Back to the till').click()
  expect(await balanceOf(street, address)).toBe(before)

  await context.setOffline(false)
  // By itself, and then the street's own page is there.
  await again.waitForURL((address) => address.pathname === '/till', { timeout: 60_000 })
  await expect.poll(() => balanceOf(street, address), { timeout: 30_000 }).toBe(before + 18_000n)
  const receipts = again.getByRole('region', { name: 'Latest receipts' })
  for (const price of ['€10.00', '€20.00', '€30.00']) {
    expect(await receipts.getByRole('listitem').filter({ hasText: price }).count()).toBe(1)
  }
  await context.close()
}

/** A receipt is undone from the till's list: in part, then the rest, each once, and the points with it. */
export async function undoesAReceipt(street: OpenedStreet, open: OpenSomebodys): Promise<void> {
  const { context, page } = await open({ role: 'till', id: '1/1' })
  await page.goto('/till')
  const { name, address } = await someoneKnown(page, street)
  const before = await balanceOf(street, address)
  await givesTo(page, '4711', name)
  await button(page, 'Next customer').click()
  const row = page
    .getByRole('region', { name: 'Latest receipts' })
    .getByRole('listitem')
    .filter({ hasText: '€47.11' })
    .first()
  await row.getByRole('link', { name: /^Undo receipt/ }).click()
  await button(page, 'Hand back €47.11').waitFor()
  await button(page, 'Only a part of it').click()
  await typeAmount(page, '1000')
  await button(page, 'Hand back €10.00').click()
  await page.getByText('One moment: not certain yet').waitFor()
  // Closed and opened again it goes on where it was.
  await page.goto('/till')
  await page.getByText('Hand back €10.00').waitFor({ timeout: 30_000 })
  await button(page, 'Next customer').click()
  await row.getByText('30 points of it undone').waitFor()
  await row.getByRole('link', { name: /^Undo receipt/ }).click()
  await button(page, 'Hand back €37.11').click()
  await page.getByText('Hand back €37.11').waitFor({ timeout: 30_000 })
  await button(page, 'Next customer').click()
  await row.getByText('Undone', { exact: true }).waitFor()
  expect(await row.getByRole('link').count()).toBe(0)
  await expect.poll(() => balanceOf(street, address), { timeout: 20_000 }).toBe(before)
  await context.close()
}

/** Cameras look at a shopper's code at the till and at a till's code on the phone. */
export async function scansWithTheCamera(street: OpenedStreet, open: OpenSomebodys, film: string): Promise<void> {
  const [shopper] = (await peopleOf(street.url)).members
  if (!shopper) throw new Error('this street has no shoppers')
  holdBefore(film, `${street.url}/till?member=${shopper.address}`)
  const { context, page } = await open({ role: 'till', id: '2/1' })
  await page.goto('/till')
  await typeAmount(page, '500')
  await button(page, 'Give points').click()
  await button(page, 'Scan with the camera').click()
  await page.getByText(/points for /).waitFor({ timeout: 30_000 })
  await button(page, 'Next customer').click()

  await typeAmount(page, '20')
  await button(page, 'Take points').click()
  const code = (await page.getByTestId('payment-code').innerText()).replace(/\s/g, '')
  holdBefore(film, `${street.url}/member/pay?code=${code}`)
  const phone = await open({ role: 'member', id: shopper.address })
  await phone.page.goto('/member/pay')
  await button(phone.page, 'Scan with the camera').click()
  await phone.page.waitForURL((address) => address.searchParams.get('code') === code, { timeout: 30_000 })
  await Promise.all([phone.context.close(), context.close()])
}

/** Where the camera may not look, the till says so, and fingers do. */
export async function doesWithoutTheCamera(open: OpenSomebodys): Promise<void> {
  const { context, page } = await open({ role: 'till', id: '2/1' })
  await page.goto('/till')
  await typeAmount(page, '500')
  await button(page, 'Give points').click()
  await button(page, 'Scan with the camera').click()
  await page.getByText('The camera may not be used here. Type the code instead.').waitFor()
  await page.getByLabel('Code on the shopper’s phone').waitFor()
  await context.close()
}

/** Two cashiers at one till: nobody without a PIN or a touch, a lock that no reload opens, and handed over. */
export async function changesShifts(street: OpenedStreet, open: OpenSomebodys): Promise<void> {
  const owner = await open({ role: 'owner', id: '5' })
  await owner.page.goto('/shop')
  for (const [cashier, name] of [
    [1, 'Ana'],
    [2, 'Bo'],
  ] as const) {
    const data = { shop: 5, cashier, name, pin: `808${cashier}` }
    const headers = { origin: new URL(owner.page.url()).origin }
    expect((await owner.page.request.post('/api/v1/cashiers', { data, headers })).status()).toBe(200)
  }
  const { context, page } = await open({ role: 'till', id: '5/1' })
  await authenticatorOn(page)
  await page.goto('/till')
  const signsIn = async (name: string, pin: string) => {
    await page.getByLabel('PIN').fill(pin)
    await button(page, 'Sign in').click()
    await page.getByText(`${name} is at the till`).waitFor()
  }
  await button(page, /Ana/).click()
  await page.getByLabel('PIN').fill('0000')
  await button(page, 'Sign in').click()
  await page.getByText('That PIN is not right.').waitFor()
  await signsIn('Ana', '8081')
  await typeAmount(page, '1240')
  await button(page, 'Lock').click()
  // A reload is no way round the lock.
  await page.reload()
  await page.getByRole('heading', { name: 'PIN of Ana' }).waitFor()
  await signsIn('Ana', '8081')
  await givesTo(page, '100', (await someoneKnown(page, street)).name)
  await button(page, 'Next customer').click()
  await button(page, 'Leave').click()
  await button(page, /Bo/).click()
  await page.getByRole('checkbox').check()
  await signsIn('Bo', '8082')
  await button(page, 'Lock').click()
  await button(page, 'With my passkey').click()
  await page.getByText('Bo is at the till').waitFor()
  await page.close()
  await locksItself(await context.newPage())
  await Promise.all([owner.context.close(), context.close()])
}

const minute = 60_000

/** Left alone for five minutes, awake or asleep, it asks who is there; what was being rung up stands there after. */
async function locksItself(page: Page): Promise<void> {
  await page.clock.install()
  await page.goto('/till')
  const isThere = page.getByText('Bo is at the till')
  const isAsked = page.getByRole('heading', { name: 'PIN of Bo' })
  const comesBack = async () => {
    await page.getByLabel('PIN').fill('8082')
    await button(page, 'Sign in').click()
    await isThere.waitFor()
    expect(await page.getByRole('status', { name: 'Amount' }).innerText()).toBe('€12.40')
  }
  await isThere.waitFor()
  await typeAmount(page, '124')
  await page.clock.fastForward(4 * minute)
  await typeAmount(page, '0')
  await page.clock.fastForward(4 * minute)
  expect(await isThere.isVisible()).toBe(true)
  await page.clock.fastForward(1.5 * minute)
  await isAsked.waitFor()
  expect(await button(page, 'Give points').isVisible()).toBe(false)
  // What is typed now is not typed into the amount that nobody sees.
  await isAsked.click()
  await page.keyboard.press('9')
  await comesBack()
  // The device sleeps, and nothing in it has looked at the clock when the first hand comes.
  await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + 6 * minute)
  await button(page, '9').click()
  await isAsked.waitFor()
  await comesBack()
  await page.close()
}

const cameraAllowed = '--use-fake-ui-for-media-stream'

/** A browser whose pages have processes of their own, as on a till: workers and cameras want that. */
const launched = ({ path, args }: Chromium, more: readonly string[]): Promise<Browser> => {
  const apart = args.filter((one) => !/^--(single-process|no-zygote|in-process-gpu|disable-web-security)$/.test(one))
  return chromium.launch({ executablePath: path, args: [...apart, ...more] })
}

/** The tills' part of the journey, on the street that is open already. */
export function tillPromises(street: () => OpenedStreet, found: Chromium): void {
  describe('a till', () => {
    const folder = mkdtempSync(join(tmpdir(), 'highstreet-camera-'))
    const film = join(folder, 'camera.y4m')
    let browser: Browser
    const openIn = (chosen: Browser): OpenSomebodys => {
      return async (who) => {
        const context = await chosen.newContext({ baseURL: street().url, locale: 'en-IE', reducedMotion: 'reduce' })
        await enter(context, who)
        return { context, page: await context.newPage() }
      }
    }
    const open: OpenSomebodys = (who) => openIn(browser)(who)
    beforeAll(async () => {
      browser = await launched(found, [...cameraPlaying(film), cameraAllowed])
    })
    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })
    test('goes on without a network, and each sale counts once', () => goesOnWithoutANetwork(street(), open))
    test('undoes a receipt in parts, and asks before it hands cash back', () => undoesAReceipt(street(), open))
    test('reads codes with a camera, as the shopper’s phone does', () => scansWithTheCamera(street(), open, film))
    test('does without a camera', async () => {
      const unseeing = await launched(found, [...cameraPlaying(film), `${cameraAllowed}=deny`])
      await doesWithoutTheCamera(openIn(unseeing)).finally(() => unseeing.close())
    })
    test('is switched off with a sale in it, which counts once its owner has confirmed it', () =>
      switchesATillOff(street(), open))
    test('asks for what somebody owes from before', () => asksForWhatIsOwed(street(), open))
    test('is handed over from cashier to cashier', () => changesShifts(street(), open))
  })
}
