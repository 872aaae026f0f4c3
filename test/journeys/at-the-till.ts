import type { Page } from 'playwright-core'
import type { OpenedStreet } from './open-street.ts'
import { memberAt, peopleOf } from './people.ts'
import { typeAmount } from './screens.ts'

// What a cashier's hands do again and again.

export const balanceOf = async (street: OpenedStreet, member: string) => (await memberAt(street.url, member)).balance
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

/** Gives for an amount to whoever the till knows under this name. */
export async function givesTo(page: Page, digits: string, name: string): Promise<void> {
  await typeAmount(page, digits)
  await button(page, 'Give points').click()
  await page.getByRole('listitem').getByRole('button', { name }).click()
  await button(page, 'Next customer').waitFor()
}

/** One of the street's people whom the till knows; newcomers are not told of. */
export async function someoneKnown(page: Page, street: OpenedStreet): Promise<{ name: string; address: string }> {
  await typeAmount(page, '100')
  await button(page, 'Give points').click()
  const known = page.getByRole('list').getByRole('button')
  await known.first().waitFor()
  const names = await known.locator('span.font-medium').allInnerTexts()
  const { members } = await peopleOf(street.url)
  const someone = members.find(({ name }) => names.includes(name))
  if (!someone) throw new Error(`nobody on this street is called any of ${names.join(', ')}`)
  await button(page, 'Back to the amount').click()
  for (const _ of '100') await button(page, 'Take back the last digit').click()
  return someone
}
