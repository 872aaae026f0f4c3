import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { consortiumAbi, shopPointsAbi } from '#contracts/generated.ts'
import { cardStatement } from '#contracts/till-api/cards.ts'
import { type TillClient, tillClient } from '#contracts/till-api/client.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled, type TestShop } from '#test/support/network.ts'
import { routeFetch } from '#test/support/route-fetch.ts'
import { Way } from '#test/support/till-device.ts'
import { TillHand } from '#test/support/till-hand.ts'
import { createKey } from '#web/acts/api-keys.ts'
import { makeCards } from '#web/acts/cards.ts'
import { hireCashier } from '#web/acts/cashiers.ts'
import { bringIn } from '#web/app/shop/past-sales/bring-in.ts'
import { importDesk } from '#web/queries/import-desk.ts'

/** Past sales over the API: tried first, faults by row, signed by an import key with a budget, and gone on with. */

let street: LivingStreet
let shop: TestShop
let importKey: PrivateKeyAccount
let client: TillClient
let apiKey = ''
const codes = ['ANNA001', 'BEN0002']

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 2 })
  for (const [index, code] of codes.entries()) {
    const member = Buffer.from(street.member(index).address.slice(2), 'hex')
    await street.web.query(
      `INSERT INTO portal.member_profile (member, display_name, code, created_at) VALUES ($1, 'A', $2, now())`,
      [member, code],
    )
  }
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop } = await freshShop(street))
  importKey = privateKeyToAccount(`0x${'4c'.repeat(31)}${shop.shop.toString(16).padStart(2, '0')}`)
  const { consortium } = street.network.contracts
  const wanted = [shop.shop, importKey.address, 10_000] as const
  await settled(street.chain, [
    call(consortiumAbi, consortium, shop.owner, 'askImport', wanted),
    call(consortiumAbi, consortium, street.network.board, 'approveImport', wanted),
  ])
  await street.mirror()
  await street.web.query(
    `INSERT INTO portal.shop_profile (shop, name, trade, street, hue, earn_rate, is_charity, time_zone)
      VALUES ($1, 'The Bakery', 'Bakery', 'High', 1, 100, false, 'UTC')`,
    [shop.shop],
  )
  const made = await createKey({ shop: shop.shop, label: 'import' })
  apiKey = 'key' in made ? made.key : ''
  client = tillClient({ origin: 'http://street', apiKey, fetch: routeFetch })
})

const csvOf = (...rows: readonly string[]) => ['member,time,amount,receipt', ...rows].join('\n')
const bodyOf = (csv: string, till = 2) => ({ body: { shop: shop.shop, till, name: 'Sales of 2019', csv } })
const good = csvOf(
  'anna-001,2019-05-31,12.50,1',
  `${'BEN 0002'},2019-06-01T10:00:00Z,1.99,2`,
  'ANNA001,2019-06-02,3.00,9',
)

async function told<Told extends { ok: boolean }>(telling: Promise<Told>) {
  const answer = (await telling) as unknown as { ok: boolean; answer: unknown; problem: { code: string } }
  return answer.ok ? answer.answer : answer.problem
}

/** What a shop's program does: fetches what is open, signs it with the import key, posts it; so many lists. */
async function signAndPost(file: string, most = 100): Promise<number> {
  for (let lists = 0; lists < most; lists += 1) {
    const next = await client.call('nextOfImport', { params: { file } })
    if (!next.ok) throw new Error(next.problem.code)
    const { till, entries } = next.answer
    const [first] = entries
    if (first === undefined) return lists
    const hand = new TillHand(street.network, shop, { till, key: importKey }).startAt(BigInt(first.sequence))
    const sales = entries.map(({ member, points, spend, soldAt }) => {
      return { member: member as `0x${string}`, points: BigInt(points), spend: BigInt(spend), soldAt }
    })
    const posted = await client.call('issue', { body: await hand.ring(...sales) })
    if (!posted.ok) throw new Error(posted.problem.code)
  }
  return most
}

const supply = () => read(street.network, shopPointsAbi, shop.token, 'totalSupply', [])

describe('a dry run', () => {
  test('says what a file would give, and keeps nothing', async () => {
    expect(await told(client.call('checkImport', bodyOf(good)))).toMatchObject({
      ...{ rows: 3, taken: 0, faultyRows: 0, faults: [], points: '1749', budget: '10000', unused: [] },
      members: { found: 2, unknown: 0 },
      file: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const { rows } = await street.web.query('SELECT FROM portal.import_file WHERE shop = $1', [shop.shop])
    expect(rows).toEqual([])
  })

  test('without a key says what budget the shop would have to ask the board for', async () => {
    const body = { shop: shop.shop, name: 'Sales of 2019', csv: good }
    expect(await told(client.call('checkImport', { body }))).toMatchObject({ points: '1749', budget: null, faults: [] })
    expect(await told(client.call('startImport', { body: body as never }))).toMatchObject({ code: 'malformed' })
  })

  test('names every fault by its row, and nothing of it is taken in', async () => {
    const bad = csvOf(
      'ANNA001,2019-05-31,12.50,1',
      'NOBODY1,2019-05-31,1.00,2',
      'ANNA001,2019-13-31,1.00,3',
      'ANNA001,2019-05-31,-1,4',
      'BEN0002,2019-05-31,9000000.00,5',
      'BEN0002,2019-05-31,1.00,1',
    )
    const checked = (await told(client.call('checkImport', bodyOf(bad)))) as { faults: { row: number; code: string }[] }
    expect(checked).toMatchObject({ rows: 6, faultyRows: 5, members: { found: 2, unknown: 1 } })
    expect(checked.faults.map(({ row, code }) => [row, code])).toEqual([
      [2, 'unknownMember'],
      [3, 'timeNotOnCalendar'],
      [4, 'amountNegative'],
      [5, 'overReceiptLimit'],
      [6, 'receiptTwice'],
    ])
    const started = await told(client.call('startImport', bodyOf(bad)))
    expect(started).toMatchObject({ code: 'importFaulty', rows: 5, row: 2, fault: 'unknownMember' })
  })

  test.each([
    ['a till at a counter', good, 1, 'notAnImportKey'],
    ['more than the budget', csvOf('ANNA001,2019-05-31,60.00,1', 'ANNA001,2019-05-31,60.00,2'), 2, 'overBudget'],
  ])('%s is refused', async (_, csv, till, code) => {
    expect(await told(client.call('startImport', bodyOf(csv, till)))).toMatchObject({ code })
  })
})

describe('an import', () => {
  test('is signed list by list, broken off, gone on with, sent again, and each row stands once', async () => {
    const started = (await told(client.call('startImport', bodyOf(good)))) as { file: string }
    const { file } = started
    expect(await signAndPost(file, 1)).toBe(1)
    expect(await told(client.call('importProgress', { params: { file } }))).toMatchObject({
      rows: 3,
      taken: 2,
      final: 0,
    })
    expect(await told(client.call('startImport', bodyOf(good)))).toMatchObject({ taken: 2, points: '300', file })
    expect(await signAndPost(file)).toBe(1)
    expect(await signAndPost(file)).toBe(0)
    await street.closeLists()
    await street.settleDown()
    expect(await told(client.call('importProgress', { params: { file } }))).toMatchObject({
      ...{ name: 'Sales of 2019', till: 2, rows: 3, taken: 3, final: 3, refusedRows: 0, refused: [] },
    })
    expect(await supply()).toBe(1749n)
    const again = await told(client.call('checkImport', bodyOf(good)))
    expect(again).toMatchObject({ taken: 3, points: '0', budget: `${10_000 - 1_749}` })
    const other = csvOf('BEN0002,2019-05-31,12.50,1')
    expect(await told(client.call('checkImport', bodyOf(other)))).toMatchObject({
      faults: [{ row: 1, code: 'receiptConflict' }],
    })
  })

  test('by the owner’s page goes on where it was cut off, also where the shop keeps cashiers', async () => {
    await hireCashier({ shop: shop.shop, cashier: 1, name: 'Ana', pin: '1111' })
    const { file } = (await told(client.call('startImport', bodyOf(good)))) as { file: string }
    const { chainId, contracts } = street.network
    const place = { shop: shop.shop, chainId, issuance: contracts.issuance }
    const way = new Way()
    way.key = apiKey
    vi.stubGlobal('fetch', way.fetch)
    const steps: unknown[] = []
    const bringing = { place, file, key: { till: 2, account: importKey }, pauseMilliseconds: 1 }
    // The answer is lost after the first list; then somebody closes the page.
    way.state = 'loses answers'
    const onStep = (step: unknown) => steps.push(step)
    expect(await bringIn({ ...bringing, onStep, goesOn: () => steps.length < 1 })).toEqual({ is: 'left' })
    way.state = 'open'
    expect(await bringIn({ ...bringing, onStep, goesOn: () => true })).toEqual({ is: 'all in' })
    expect(steps).toEqual(['silent', { taken: 1 }])
    vi.unstubAllGlobals()
    await street.closeLists()
    await street.settleDown()
    expect(await supply()).toBe(1749n)
    const [shown] = (await importDesk(shop.shop)).files
    expect(shown).toMatchObject({ file, name: 'Sales of 2019', rows: 3, taken: 3, final: 3, refusedRows: 0 })
    // Another file under the same key counts its own.
    const more = csvOf('ANNA001,2019-07-01,2.00,20')
    await client.call('startImport', bodyOf(more))
    expect((await importDesk(shop.shop)).files[0]).toMatchObject({ rows: 1, taken: 0, final: 0 })
    expect((await importDesk(shop.shop)).keys).toMatchObject([{ till: 2, budget: 10_000n, left: 10_000n - 1_749n }])
  })

  test('puts no more on a card than a card may hold', async () => {
    const card = privateKeyToAccount(generatePrivateKey())
    const signature = await card.signMessage({ message: cardStatement(shop.shop) })
    const made = await makeCards({ shop: shop.shop, cards: [{ member: card.address, signature }] })
    const code = 'cards' in made ? made.cards[0]?.code : ''
    await street.web.query('UPDATE portal.shop_profile SET card_limit = 1000 WHERE shop = $1', [shop.shop])
    const rows = [1, 2, 3].map((receipt) => `${code},2019-05-31,4.00,${receipt}`)
    expect(await told(client.call('checkImport', bodyOf(csvOf(...rows))))).toMatchObject({
      faults: [{ row: 3, code: 'cardFull' }],
    })
  })

  test('of another shop, or under no name, is not told of', async () => {
    const { file } = (await told(client.call('startImport', bodyOf(good)))) as { file: string }
    const { shop: next } = await freshShop(street)
    const made = await createKey({ shop: next.shop, label: 'next door' })
    const theirs = tillClient({ origin: 'http://street', apiKey: 'key' in made ? made.key : '', fetch: routeFetch })
    expect(await told(theirs.call('importProgress', { params: { file } }))).toMatchObject({ code: 'unknownImport' })
    expect(await told(theirs.call('nextOfImport', { params: { file } }))).toMatchObject({ code: 'unknownImport' })
    expect(await told(client.call('nextOfImport', { params: { file: 'x' } }))).toMatchObject({ code: 'malformed' })
    expect(await told(theirs.call('checkImport', bodyOf(good)))).toMatchObject({ code: 'wrongShop' })
  })
})

test('everything a shop owns is told, a line for each thing, and no secret', async () => {
  const till = new TillHand(street.network, shop)
  await client.call('issue', { body: await till.ring({ member: street.member(0).address, points: 500n }) })
  await street.closeLists()
  await street.settleDown()
  await client.call('issue', { body: await till.ring({ member: street.member(1).address, points: 7n }) })
  const answer = await routeFetch('http://street/api/v1/export', { headers: { authorization: `Bearer ${apiKey}` } })
  const text = await answer.text()
  const lines = text
    .trim()
    .split('\n')
    .map((line) => Object.entries(JSON.parse(line) as object)[0])
  expect(lines.map((line) => line?.[0])).toEqual(['shop', 'till', 'till', 'apiKey', 'purchase', 'waiting'])
  expect(lines[0]?.[1]).toMatchObject({ shop: shop.shop, name: 'The Bakery', cardLimit: '200000' })
  expect(lines[4]?.[1]).toMatchObject({ till: 1, sequence: '1', points: '500', spend: '1000' })
  expect(lines[5]?.[1]).toMatchObject({ key: 'purchase:1:2', points: '7', state: 'open' })
  expect(text).not.toContain(apiKey.split('_').at(-1))
  expect((await routeFetch('http://street/api/v1/export', {})).status).toBe(401)
})
