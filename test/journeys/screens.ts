import type { Page } from 'playwright-core'
import { cookieOf, type Somebody } from './somebody.ts'

/** Who plays which part when the screens are shown. */
export interface Cast {
  readonly shopper: Somebody
  readonly till: Somebody
  readonly owner: Somebody
  /** An owner at whose tills nobody plays a part: people may be taken on there. */
  readonly quietOwner: Somebody
  readonly auditor: Somebody
  /** Somebody of whom shops keep figures. */
  readonly judged: Somebody
  /** The code of somebody else, to send points to. */
  readonly friendCode: string
  /** The code of the shopper. */
  readonly ownCode: string
}

/** One screen: who looks at it, where it is, and what must be done to get there. */
export interface Screen {
  readonly name: string
  readonly who: Somebody | null
  readonly path: string
  readonly reach?: (page: Page) => Promise<void>
}

/** What a cashier types: 4.20 by its keys. */
export async function typeAmount(page: Page, digits: string): Promise<void> {
  for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click()
}

export function screensOf(cast: Cast): readonly Screen[] {
  const { shopper, judged, till, owner, quietOwner, auditor, friendCode, ownCode } = cast
  return [
    { name: 'street', who: null, path: '/' },
    { name: 'people', who: shopper, path: '/', reach: openPeople },
    { name: 'member-door', who: null, path: '/member' },
    { name: 'join', who: null, path: '/join' },
    { name: 'join-unknown', who: null, path: '/join?code=222222' },
    { name: 'member', who: shopper, path: '/member' },
    { name: 'member-pay', who: shopper, path: '/member/pay' },
    { name: 'member-pay-unknown', who: shopper, path: '/member/pay?code=222222' },
    { name: 'member-send', who: shopper, path: '/member/send' },
    { name: 'member-send-amount', who: shopper, path: `/member/send?to=${friendCode}` },
    {
      name: 'member-send-confirm',
      who: shopper,
      path: `/member/send?to=${friendCode}&amount=0.10`,
      reach: (page) => page.getByRole('button', { name: 'Send €0.10' }).waitFor(),
    },
    { name: 'member-pay-asked', who: shopper, path: '/member/pay', reach: (page) => openAsked(page, till) },
    { name: 'member-pay-reward', who: shopper, path: '/member/pay', reach: (page) => openReward(page, till) },
    { name: 'member-you', who: shopper, path: '/member/you' },
    { name: 'member-you-checked', who: judged, path: '/member/you', reach: checkScore },
    { name: 'member-keys-none', who: shopper, path: '/member/keys' },
    { name: 'member-help-nobody', who: shopper, path: '/member/help' },
    { name: 'new-device', who: null, path: '/new-device' },
    { name: 'till-rewards', who: till, path: '/till', reach: chooseReward },
    { name: 'till', who: till, path: '/till', reach: (page) => typeAmount(page, '1240') },
    { name: 'till-whose', who: till, path: '/till', reach: askWhose },
    { name: 'till-inviting', who: till, path: '/till', reach: invite },
    { name: 'till-given', who: till, path: '/till', reach: (page) => give(page, ownCode) },
    { name: 'till-refused', who: till, path: '/till', reach: refuse },
    { name: 'till-taking', who: till, path: '/till', reach: take },
    { name: 'till-undo', who: till, path: '/till', reach: undo },
    { name: 'till-unopened', who: null, path: '/till/offline' },
    { name: 'shop', who: owner, path: '/shop' },
    { name: 'shop-more', who: owner, path: '/shop', reach: openMore },
    { name: 'shop-door', who: null, path: '/shop' },
    { name: 'till-door', who: null, path: '/till' },
    { name: 'shop-tills', who: quietOwner, path: '/shop/tills', reach: makeKeyAndHire },
    {
      name: 'shop-past-sales-no-key',
      who: { role: 'owner', id: '2' },
      path: '/shop/past-sales',
      reach: (page) => makeKeyAndTry(page, ownCode),
    },
    {
      name: 'shop-past-sales',
      who: owner,
      path: '/shop/past-sales',
      reach: (page) => chooseSales(page, [`${ownCode},2024-05-31,12.50,90001`, 'NOBODY1,2024-13-31,-1,90002']),
    },
    { name: 'shop-past-sales-charity', who: quietOwner, path: '/shop/past-sales' },
    { name: 'shop-help-nobody', who: owner, path: '/shop/help' },
    { name: 'shop-members', who: owner, path: '/shop/members' },
    { name: 'shop-members-overdue', who: owner, path: '/shop/members?overdue=1&order=value' },
    { name: 'shop-cards', who: owner, path: '/shop/cards' },
    { name: 'shop-cards-made', who: owner, path: '/shop/cards', reach: makeCards },
    { name: 'card', who: shopper, path: '/card' },
    { name: 'card-unknown', who: shopper, path: `/card#${'5'.repeat(64)}`, reach: openStrangersCard },
    { name: 'shop-outlook', who: owner, path: '/shop/outlook', reach: openTables },
    { name: 'shop-offers', who: owner, path: '/shop/offers', reach: openTables },
    { name: 'board', who: owner, path: '/board', reach: openTables },
    { name: 'board-door', who: null, path: '/board' },
    { name: 'audit', who: auditor, path: '/audit' },
    { name: 'not-found', who: null, path: '/no-such-door' },
  ]
}

/** With one of everything on it; whoever and whatever is added may be there from before. */
async function makeKeyAndHire(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('PIN', { exact: true }).fill('4711')
  await page.getByRole('button', { name: 'Take on' }).click()
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>('input[placeholder="4 digits"]')?.value === '',
  )
  await page.getByRole('button', { name: 'New PIN for Ada' }).first().click()
  await page.getByLabel('What is it for?').fill('The web shop')
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.getByTestId('new-key').waitFor()
}

/** A file of past sales is chosen, and has been tried. */
export async function chooseSales(page: Page, rows: readonly string[], name = 'Sales of 2024.csv'): Promise<void> {
  const buffer = Buffer.from(['member,time,amount,receipt', ...rows].join('\n'))
  await page.getByLabel(/Choose the file/).setInputFiles({ name, mimeType: 'text/csv', buffer })
  await page.getByRole('heading', { name: `What ${name} would do` }).waitFor()
}

/** A shop without an import key sees what must happen first, and how many points its file needs. */
async function makeKeyAndTry(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: 'Make the key' }).click()
  await chooseSales(page, [`${code},2024-05-31,12.50,1`])
  await page.getByText('Your file needs 25', { exact: false }).waitFor()
}

/** Charts stand before their tables; both must be usable. */
async function openTables(page: Page): Promise<void> {
  for (const summary of await page.locator('summary').all()) await summary.click()
}

/** A shopper checks by themselves what was said of them: it holds, in the browser's own reckoning. */
async function checkScore(page: Page): Promise<void> {
  const holds = page.getByText('It was fixed on the chain before anybody acted by it')
  const check = page.getByRole('button', { name: 'Check it' }).first()
  // The newest look may still be on its way to the chain.
  for (let tries = 0; tries < 20 && !(await holds.isVisible()); tries += 1) {
    if (await check.isEnabled()) await check.click()
    await page.waitForTimeout(500)
  }
  await holds.waitFor()
}

/** On a phone the places that a shop's owner needs less often stand behind one button. */
async function openMore(page: Page): Promise<void> {
  const more = page.getByRole('button', { name: 'More', exact: true })
  if (await more.isVisible()) await more.click()
}

/** Four cards, made and ready to be printed. */
export async function makeCards(page: Page): Promise<void> {
  await page.getByRole('button', { name: '4', exact: true }).click()
  await page.getByRole('button', { name: 'Make 4 cards' }).click()
  await page.getByText('4 cards are ready.').waitFor()
}

/** A code that no card of this street has. */
async function openStrangersCard(page: Page): Promise<void> {
  await page.getByText('This street knows no such card.').waitFor()
}

async function openPeople(page: Page): Promise<void> {
  await page.locator('button[popovertarget=people]').click()
  await page.getByText('This street is a demonstration. Be anyone on it:').waitFor()
}

/** A till asks for 0.20 and the shopper has typed its code. */
async function openAsked(page: Page, till: Somebody): Promise<void> {
  await openRequest(page, till, { points: '2000', purpose: 0 })
  await page.getByRole('button', { name: 'Pay €0.20' }).waitFor()
}

/** The same for the cheapest reward of the till's shop. */
async function openReward(page: Page, till: Somebody): Promise<void> {
  const answer = await ask(page, till, { path: '/api/v1/quote', data: { spend: '0' } })
  const { rewards } = (await answer.json()) as { rewards: { reward: number; title: string; points: string }[] }
  const [cheapest] = rewards
  if (!cheapest) throw new Error('this shop has no rewards')
  await openRequest(page, till, { points: cheapest.points, purpose: cheapest.reward })
  await page.getByText(cheapest.title, { exact: true }).waitFor()
}

function placeOf(till: Somebody): { shop: number; till: number } {
  const [shop = 0, number = 0] = till.id.split('/').map(Number)
  return { shop, till: number }
}

async function openRequest(page: Page, till: Somebody, data: { points: string; purpose: number }) {
  const answer = await ask(page, till, { path: '/api/v1/requests', data })
  const { code } = (await answer.json()) as { code: string }
  await page.getByLabel('Code on the till').fill(code)
  await page.getByRole('button', { name: 'Next' }).click()
}

/** What the till asks on its own page, while the shopper looks at theirs. */
async function ask(page: Page, till: Somebody, { path, data }: { readonly path: string; readonly data: object }) {
  const { origin } = new URL(page.url())
  const headers = { 'content-type': 'application/json', origin, cookie: await cookieOf(origin, till) }
  const body = JSON.stringify({ ...placeOf(till), ...data })
  const answer = await fetch(new URL(path, origin), { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`the till was refused at ${path}: ${await answer.text()}`)
  return answer
}

async function chooseReward(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'A reward' }).click()
  await page.getByRole('heading', { name: 'Which reward?' }).waitFor()
}

async function askWhose(page: Page): Promise<void> {
  await typeAmount(page, '1240')
  await page.getByRole('button', { name: 'Give points' }).click()
  await page.getByLabel('Code on the shopper’s phone').waitFor()
}

async function invite(page: Page): Promise<void> {
  await askWhose(page)
  await page.getByRole('button', { name: 'Somebody new' }).click()
  await page.getByTestId('payment-code').waitFor()
  await page.waitForFunction(() => document.querySelector('img')?.complete)
}

async function give(page: Page, code: string): Promise<void> {
  await askWhose(page)
  await page.getByLabel('Code on the shopper’s phone').fill(code)
  await page.getByRole('button', { name: 'Find the shopper' }).click()
  await page.getByRole('button', { name: 'Next customer' }).waitFor()
}

/** The newest sale that stands in the list. */
async function undo(page: Page): Promise<void> {
  await page
    .getByRole('link', { name: /^Undo receipt/ })
    .first()
    .click()
  await page
    .getByRole('button', { name: /^(Hand back|Give .* back)/ })
    .first()
    .waitFor()
}

/** More points than a receipt may carry. */
async function refuse(page: Page): Promise<void> {
  await typeAmount(page, '999999999')
  await page.getByRole('button', { name: 'Give points' }).click()
  await page.getByRole('list').getByRole('button').first().click()
  await page.getByText('No points were given').waitFor()
}

async function take(page: Page): Promise<void> {
  await typeAmount(page, '320')
  await page.getByRole('button', { name: 'Take points' }).click()
  await page.getByTestId('payment-code').waitFor()
  await page.waitForFunction(() => document.querySelector('img')?.complete)
}

/** In the page: once colours have changed all the way. */
export async function settled(): Promise<void> {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(ending.map(({ finished }) => finished))
}
