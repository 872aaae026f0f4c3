import type { Page } from 'playwright-core'
import type { OpenedStreet } from './open-street.ts'
import { memberAt, type OpenSomebodys, peopleOf } from './people.ts'
import { typeAmount } from './screens.ts'

const shopper = async (street: OpenedStreet): Promise<string> => {
  for (const { address } of (await peopleOf(street.url)).members.slice(10)) {
    if ((await memberAt(street.url, address)).balance >= 10_000n) return address
  }
  throw new Error('nobody on this street has ten points to pay with')
}

/** The till asks for so many cents, and the shopper agrees on their phone. */
async function agrees(till: Page, phone: Page, [digits, shown]: readonly [string, string]): Promise<void> {
  await till.goto('/till')
  await typeAmount(till, digits)
  await till.getByRole('button', { name: 'Take points' }).click()
  const code = await till.getByTestId('payment-code').innerText()
  await phone.goto(`/member/pay?code=${code.replace(/\s/g, '')}`)
  await phone.getByRole('button', { name: `Pay ${shown}` }).click()
}

/**
 * A payment was promised, the goods went out, and the network refused it afterwards. The till shows it, and asks for
 * the money before it takes that shopper's points again.
 */
export async function asksForWhatIsOwed(street: OpenedStreet, open: OpenSomebodys): Promise<void> {
  const id = await shopper(street)
  const [till, phone] = [await open({ role: 'till', id: '4/1' }), await open({ role: 'member', id })]
  street.pause('relayer')
  try {
    await agrees(till.page, phone.page, ['20', '€0.20'])
    await till.page.getByText('€0.20 paid').waitFor()
    await till.page.getByRole('button', { name: 'Next customer' }).click()
    // As the relayer tells it, once the chain has refused.
    await street.happens(
      `WITH lost AS (UPDATE portal.intent SET state = 'refused', refused = 'balance'
          WHERE shop = 4 AND kind = 'payment' AND state = 'open' AND member = decode($1, 'hex') RETURNING shop, key)
        DELETE FROM portal.hold h USING lost l WHERE h.intent_shop = l.shop AND h.intent_key = l.key`,
      [id.slice(2)],
    )
  } finally {
    street.resume('relayer')
  }
  await till.page.goto('/till')
  const list = till.page.getByRole('region', { name: 'Not paid at this till' })
  await list.getByText('€0.20').waitFor()
  await till.page.goto(`/till?member=${id}`)
  await till.page.getByRole('region', { name: 'Not paid yet' }).getByText('€0.20').waitFor()

  await agrees(till.page, phone.page, ['10', '€0.10'])
  const owed = till.page.getByRole('region', { name: 'Not paid yet' })
  await owed.getByText('€0.20').waitFor()
  await owed.getByRole('button', { name: 'They have paid' }).click()
  // Nothing is owed any more, so the promise is enough again.
  await till.page.getByText('€0.10 paid').waitFor()
  await till.page.getByRole('button', { name: 'Next customer' }).click()
  await list.waitFor({ state: 'detached' })
  await Promise.all([till.context.close(), phone.context.close()])
}
