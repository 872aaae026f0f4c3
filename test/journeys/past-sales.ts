import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { OpenedStreet } from './open-street.ts'
import { memberAt, type OpenSomebodys, peopleOf } from './people.ts'
import { chooseSales } from './screens.ts'

/**
 * An owner brings in past sales in one afternoon: finds the page, sees what is wrong with a file, takes the list along,
 * tries a right one, says yes, and loses the network and the page in the middle; each sale gives its points once.
 */
export async function bringsInPastSales(street: OpenedStreet, open: OpenSomebodys): Promise<void> {
  const [anna] = (await peopleOf(street.url)).members
  if (!anna) throw new Error('this street has no shoppers')
  const before = await memberAt(street.url, anna.address)
  const { context, page } = await open({ role: 'owner', id: '1' })
  await page.goto('/shop/tills')
  await page.getByRole('link', { name: 'Bring in past sales' }).click()

  await chooseSales(page, [`${before.code},2024-05-31,10.00,1`, 'NOBODY1,2024-06-01,2.00,2'], 'wrong.csv')
  await page.getByText('NOBODY1: nobody has that code or account').waitFor()
  expect(await page.getByRole('button', { name: /^Give / }).count()).toBe(0)
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save the list' }).click()
  const saved = readFileSync(await (await saving).path(), 'utf8')
  expect(saved).toContain('2,3,NOBODY1,nobody has that code or account,unknownMember')
  await page.getByRole('button', { name: 'Choose a file' }).click()

  // Numbers with gaps between them: each sale is a list of its own.
  const sales = [1, 3, 5, 7].map((receipt) => `${before.code},2024-05-31,10.00,${receipt}`)
  await chooseSales(page, sales, 'right.csv')
  let lists = 0
  await page.route('**/api/v1/issue', (route) => {
    lists += 1
    return lists > 2 ? route.abort() : route.continue()
  })
  await page.getByRole('button', { name: 'Give 120 points for 4 sales' }).click()
  await page.getByText('2 of 4 sales are in.', { exact: false }).waitFor()
  await page.getByText('The street does not answer just now.', { exact: false }).waitFor()
  await page.unroute('**/api/v1/issue')
  await page.reload()
  await page.getByText('4 of 4 sales are in. 4 have their points').waitFor({ timeout: 60_000 })
  await page.getByText('Done', { exact: true }).waitFor()
  await expect
    .poll(async () => (await memberAt(street.url, anna.address)).balance, { timeout: 20_000 })
    .toBe(before.balance + 12_000n)

  await chooseSales(page, sales, 'right.csv')
  await page.getByText('all of them are in already').waitFor()
  expect(await page.getByRole('button', { name: /^Give / }).count()).toBe(0)
  await context.close()
}
