import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Authenticator, authenticatorOn } from './authenticator.ts'
import { isOpenToAll } from './devices.ts'
import type { Held } from './newcomer.ts'
import { typeAmount } from './screens.ts'

/** A device in somebody's hands, and the finger that is there. */
export interface Phone extends Held {
  readonly finger: Authenticator
}

export async function phoneFrom(held: Held): Promise<Phone> {
  return { ...held, finger: await authenticatorOn(held.page) }
}

/** What the page of a new device shows for somebody to type. */
const codeOn = async (page: Page): Promise<string> => (await page.getByTestId('device-code').innerText()).trim()

/** A device that nobody is signed in on makes its own passkey and shows a code. */
export async function waitsForHelp({ page }: Held, from: 'the door' | 'the join page' | 'the code on another device') {
  await page.goto(from === 'the door' ? '/member' : from === 'the join page' ? '/join' : '/new-device')
  if (from !== 'the code on another device') await page.getByRole('link', { name: /^I lost my phone/ }).click()
  await page.getByRole('heading', { name: 'A new device' }).waitFor()
  await isOpenToAll(page)
  await page.getByRole('button', { name: /^Make (a|another) passkey/ }).click()
  await page.getByRole('heading', { name: 'Show this code' }).waitFor()
  return await codeOn(page)
}

/** The member says yes on the device they have to the one that waits; answers once it agrees as well. */
export async function addsTheDevice(first: Phone, { page: second }: Held, code: string): Promise<void> {
  await first.page.goto('/member/you')
  await first.page.getByRole('link', { name: /^Your devices/ }).click()
  await first.page.getByLabel('Code on the new device').fill(code)
  await first.page.getByRole('button', { name: 'Next' }).click()
  await first.page.getByRole('button', { name: 'Add this device' }).click()
  await second.getByRole('heading', { name: 'This device is yours now' }).waitFor({ timeout: 60_000 })
  await second.getByRole('button', { name: 'Open with your passkey' }).click()
  await second.waitForURL('**/member')
  await first.page.getByText('Any of your 2 devices lets you in', { exact: false }).waitFor({ timeout: 60_000 })
}

/** The member calls the device they hold by a name of theirs. */
export async function namesTheDevice({ page }: Held, name: string): Promise<void> {
  await page.goto('/member/keys')
  const row = page.getByRole('listitem').filter({ hasText: 'This device' })
  await row.getByRole('button', { name: /^Name / }).click()
  await page.getByLabel('What you call it').fill(name)
  await page.getByRole('button', { name: 'Keep', exact: true }).click()
  await page.getByRole('button', { name: `Name ${name}` }).waitFor()
  await isOpenToAll(page)
}

/** The owner of the shop that the member trusted sees them, and agrees with their own key. */
export async function guardianBegins({ page }: Held, { device, member }: { device: string; member: string }) {
  await page.goto('/shop/help')
  await page.getByLabel('Code on their new phone').fill(device)
  await isOpenToAll(page)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByPlaceholder('Their name, or the code they show at tills').fill(member)
  await isOpenToAll(page)
  await page.getByRole('listitem').getByRole('button').first().click()
  const help = page.getByRole('button', { name: /^Yes, help / })
  await help.waitFor()
  await isOpenToAll(page)
  await help.click()
  await page.getByRole('heading', { name: 'It has begun' }).waitFor({ timeout: 60_000 })
}

/** The browser is closed and opened again: the device knows how far it is. */
export async function closesAndOpensAgain(phone: Phone): Promise<Phone> {
  const page = await phone.context.newPage()
  const again = { page, context: phone.context, finger: await authenticatorOn(page) }
  await phone.finger.syncTo(again.finger)
  await phone.page.close()
  await page.goto('/new-device')
  return again
}

/** Whoever still has a device sees that somebody changes their key, and stops it. */
export async function saysItWasNotMe({ page }: Held): Promise<void> {
  await page.goto('/member')
  await page.getByText('Was that you?', { exact: false }).waitFor()
  await isOpenToAll(page)
  await page.getByRole('link', { name: 'Look' }).click()
  const stop = page.getByRole('button', { name: 'This was not me: stop it' })
  await stop.waitFor()
  await isOpenToAll(page)
  await stop.click()
  await page.getByText('A change of key was stopped').waitFor({ timeout: 60_000 })
}

/** The cashier gives for another 12.40 to whoever shows this code. */
export async function earnsAgain(till: Page, member: string): Promise<void> {
  await till.goto('/till')
  await typeAmount(till, '1240')
  await till.getByRole('button', { name: 'Give points' }).click()
  await till.getByLabel('Code on the shopper’s phone').fill(member)
  await till.getByRole('button', { name: 'Find the shopper' }).click()
  await till.getByRole('button', { name: 'Next customer' }).click()
}

/** Its passkey opens nothing, and whoever was inside with it is out. */
export async function isLockedOut({ page }: Held): Promise<void> {
  await page.goto('/member')
  await page.getByRole('button', { name: 'Open with your passkey' }).click()
  await page.getByText('That passkey was taken off its account.').waitFor()
  await page.goto('/member')
  expect(await page.getByTestId('balance').count()).toBe(0)
}
