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

/** With one device and nobody to help them a member is told so, in words. */
export async function isNotRecoverable({ page }: Held): Promise<void> {
  await page.goto('/member/you')
  const way = page.getByRole('link', { name: /^Your devices/ })
  await way.getByText('Not recoverable: one device, and nobody who may help you.', { exact: false }).waitFor()
  await way.click()
  await page.getByRole('heading', { name: 'Not recoverable' }).waitFor()
  await page.getByText('If it is lost, your points are lost with it', { exact: false }).waitFor()
  await isOpenToAll(page)
}

/** The member chooses another member to help them, from three days on. */
export async function choosesToBeHelpedBy({ page }: Held, friend: string): Promise<void> {
  await page.goto('/member/keys')
  await page.getByRole('button', { name: 'Choose somebody else' }).click()
  await page.getByRole('radio', { name: 'Somebody who has joined as well' }).check()
  await page.getByLabel('Their code').fill(friend)
  await isOpenToAll(page)
  await page.getByRole('button', { name: 'Choose', exact: true }).click()
  await page.getByText('Somebody was chosen to help you', { exact: false }).waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'This was not me: keep it as it is' }).waitFor()
  await page.getByRole('heading', { name: 'Not recoverable' }).waitFor()
}

/** The device that they hold takes the only other one off the account. */
export async function removesTheOther({ page }: Held): Promise<void> {
  await page.goto('/member/keys')
  const other = page.getByRole('listitem').filter({ hasNotText: 'This device' }).filter({ hasText: 'Remove' })
  await other.getByRole('button', { name: /^Remove / }).click()
  await isOpenToAll(page)
  await other.getByRole('button', { name: /^Remove / }).click()
  await page.getByText('was removed', { exact: false }).first().waitFor({ timeout: 60_000 })
  await page.getByRole('heading', { name: 'Not recoverable' }).waitFor()
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

/** Whom the member trusted, a shop's owner or another member, sees them, and agrees with their own key. */
export async function guardianBegins(
  { page }: Held,
  { device, member, at = 'shop' }: { device: string; member: string; at?: 'shop' | 'member' },
) {
  await page.goto(at === 'shop' ? '/shop/help' : '/member/you')
  if (at === 'member') await page.getByRole('link', { name: /^Somebody asks for your help/ }).click()
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
