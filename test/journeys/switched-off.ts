import { expect } from 'vitest'
import { balanceOf, button, givesTo, someoneKnown } from './at-the-till.ts'
import { barriersIn } from './barriers.ts'
import type { OpenedStreet } from './open-street.ts'
import type { OpenSomebodys } from './people.ts'
import { settled } from './screens.ts'

/** A till is switched off with a sale in it; the owner confirms that, and the shopper's points come, once. */
export async function switchesATillOff(street: OpenedStreet, open: OpenSomebodys): Promise<void> {
  const { context, page } = await open({ role: 'till', id: '3/1' })
  await page.goto('/till')
  await page.locator('[data-opens-offline="true"]').waitFor()
  const shopper = await someoneKnown(page, street)
  const before = await balanceOf(street, shopper.address)
  await context.setOffline(true)
  await givesTo(page, '1000', shopper.name)
  await page.getByText('kept safe on this till', { exact: false }).waitFor()

  const owner = await open({ role: 'owner', id: '3' })
  await owner.page.goto('/shop/tills')
  const asking = owner.page.getByRole('button', { name: /^Switch off (?!the key)/ }).first()
  const name = (await asking.getAttribute('aria-label')) ?? ''
  await asking.click()
  await button(owner.page, 'Not now').waitFor()
  // Now the order itself has that name.
  await button(owner.page, name).click()
  await owner.page.getByText('Switched off', { exact: true }).waitFor({ timeout: 30_000 })

  await context.setOffline(false)
  await page.getByText('One sale waits for the owner.').waitFor({ timeout: 60_000 })
  await owner.page.reload()
  const waiting = owner.page.getByTestId('unconfirmed-sales')
  const [, points] = /^1 sale, (\d+) points for 1 member$/.exec(await waiting.getByText(/^1 sale, /).innerText()) ?? []
  expect(await balanceOf(street, shopper.address)).toBe(before)
  expect(await barriersIn(owner.page)).toEqual([])
  await owner.page.emulateMedia({ colorScheme: 'dark' })
  await owner.page.evaluate(settled)
  expect(await barriersIn(owner.page, ['color-contrast'])).toEqual([])
  await waiting.getByRole('button', { name: 'Confirm this sale' }).click()
  await waiting.waitFor({ state: 'detached' })
  await expect
    .poll(() => balanceOf(street, shopper.address), { timeout: 30_000 })
    .toBe(before + BigInt(points ?? 0) * 100n)
  await page.reload()
  await page.getByText('The owner has confirmed a sale.').waitFor({ timeout: 60_000 })
  await Promise.all([owner.context.close(), context.close()])
}
