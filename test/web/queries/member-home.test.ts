import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberHome } from '#web/queries/member-home.ts'
import { account, at, bytes, day, opening, openStreet, quarterLength, type Street } from './street.ts'

const ada = account(0xada)
const ben = account(0xbe)
const stranger = account(0x57)
let street: Street

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1, { supply: 1_000n, reserve: 60_000n })
  await street.shop(2, { supply: 1_000n, reserve: 100_000n, net: -50_000n })
  await street.person(ada, 'Ada', { code: 'ADA-123' })
  await street.person(ben, 'Ben', { greeting: true })
  await street.block(2, opening + 120)
  await street.block(3, opening + 180)
  await street.reached(3, 2)
  await street.balance(ada, 1, [500n, 0n, 0n, 0n, 20n])
  await street.balance(ada, 2, [0n, 30n])
  await street.purchase(1, 1, { member: ada, points: 600n, block: 2 })
  await street.purchase(1, 2, { member: ada, points: 20n, block: 3 })
  await street.payment(2, 1, { member: ada, block: 3, lines: { 1: 40n, 2: 10n } })
  const moved = { member: bytes(ada), shop: 1, block_number: 2, transaction_hash: Buffer.alloc(32) }
  await street.ledger('movement', { ...moved, log_index: 90, kind: 'issued', points: 600, counterparty: null })
  await street.ledger('movement', { ...moved, log_index: 91, kind: 'sent', points: -60, counterparty: bytes(ben) })
  await street.ledger('movement', {
    ...moved,
    log_index: 92,
    kind: 'received',
    points: 5,
    counterparty: bytes(stranger),
  })
  await street.ledger('movement', { ...moved, log_index: 93, kind: 'lapsed', points: -5, counterparty: null })
})
afterAll(() => street.close())

describe('one balance in money', () => {
  test('adds up the live points of all issuers at par', async () => {
    const home = await memberHome(ada)
    expect(home).toMatchObject({ displayName: 'Ada', code: 'ADA-123', balancePoints: 550n, balanceMoney: 55_000n })
    expect(home.issuers.map(({ shop, points, backing }) => ({ shop, points, backing }))).toEqual([
      { shop: 1, points: 520n, backing: 0.6 },
      { shop: 2, points: 30n, backing: 0.5 },
    ])
  })

  test('somebody nobody knows has an empty one', async () => {
    const home = await memberHome(account(0xdead))
    expect(home).toMatchObject({ displayName: null, code: null, balancePoints: 0n, issuers: [], statement: [] })
  })

  test('what has lapsed is not in it, though nobody has touched the account since', async () => {
    await street.indexer.query('UPDATE ledger.points_token SET quarter = 1 WHERE shop = 1')
    expect((await memberHome(ada)).balancePoints).toBe(530n)
    await street.indexer.query('UPDATE ledger.points_token SET quarter = 0 WHERE shop = 1')
  })
})

describe('what lapses when', () => {
  test('is a date only once its notice is posted, otherwise the earliest possible', async () => {
    const endsAt = opening + quarterLength + day
    await street.indexer.query('UPDATE ledger.points_token SET ends_at = $1 WHERE shop = 1', [at(endsAt)])
    const { lapses, issuers } = await memberHome(ada)
    expect(lapses.map(({ shop, points, certain }) => ({ shop, points, certain }))).toEqual([
      { shop: 1, points: 20n, certain: true },
      { shop: 2, points: 30n, certain: false },
      { shop: 1, points: 500n, certain: false },
    ])
    expect(lapses[0]?.at).toEqual(at(endsAt))
    expect(issuers[0]?.nextLapse).toEqual({ points: 20n, at: at(endsAt), notBefore: at(endsAt) })
    expect(issuers[1]?.nextLapse).toEqual({ points: 30n, at: null, notBefore: at(opening + 4 * quarterLength) })
    await street.indexer.query('UPDATE ledger.points_token SET ends_at = NULL')
  })
})

describe('the statement', () => {
  const lineOf = async (key: string) => (await memberHome(ada)).statement.find((line) => line.key === key)

  test('tells every change once, newest first, with what each did to the points', async () => {
    const { statement } = await memberHome(ada)
    expect(statement.map(({ kind, shop, points }) => ({ kind, shop, points }))).toEqual([
      { kind: 'paid', shop: 2, points: -50n },
      { kind: 'issued', shop: 1, points: 20n },
      { kind: 'lapsed', shop: 1, points: -5n },
      { kind: 'received', shop: 1, points: 5n },
      { kind: 'sent', shop: 1, points: -60n },
      { kind: 'issued', shop: 1, points: 600n },
    ])
  })

  test('says pending until the block is final', async () => {
    expect((await lineOf('1:purchase:1:1'))?.state).toBe('final')
    expect((await lineOf('1:purchase:1:2'))?.state).toBe('pending')
    await street.reached(3, 3)
    expect((await lineOf('1:purchase:1:2'))?.state).toBe('final')
    await street.reached(3, 2)
  })

  test('says which reward was paid for', async () => {
    const coffee = { shop: 2, reward: 4, title: 'Coffee', detail: 'Any size', points: 50, active: true }
    await street.portal('reward', coffee)
    expect((await lineOf('2:payment:1:1'))?.reward).toBeNull()
    await street.indexer.query('UPDATE ledger.payment SET purpose = 4')
    expect((await lineOf('2:payment:1:1'))?.reward).toBe('Coffee')
    const payload = JSON.stringify({ purpose: 4 })
    await street.intent(2, 'payment:1:44', { member: bytes(ada), points: 50, payload })
    expect(await lineOf('2:payment:1:44')).toMatchObject({ reward: 'Coffee', state: 'pending', toCharity: false })
    await street.web.query(`DELETE FROM portal.intent WHERE key = 'payment:1:44'`)
    await street.indexer.query('UPDATE ledger.payment SET purpose = 0')
  })

  test('names whoever agreed to be greeted, and nobody else', async () => {
    const { statement } = await memberHome(ada)
    const named = Object.fromEntries(statement.map((line) => [line.kind, line.counterpartyName]))
    expect(named).toMatchObject({ sent: 'Ben', received: 'Member 0057', issued: null })
  })

  test('holds promised purchases, refused payments and points that wait for the shop’s reserve', async () => {
    const wish = { member: bytes(ada), created_at: at(opening + day) }
    await street.intent(1, 'purchase:1:3', { ...wish, points: 70, spend: 700 })
    await street.intent(1, 'purchase:1:4', { ...wish, points: 9 })
    await street.intent(1, 'purchase:1:1', { ...wish, points: 600, state: 'sent' })
    const yesterday = at(opening - day)
    await street.intent(1, 'purchase:1:5', {
      ...wish,
      points: 1,
      state: 'refused',
      refused: 'x',
      created_at: yesterday,
    })
    await street.intent(2, 'payment:1:7', { ...wish, points: 11, state: 'refused', refused: 'balance' })
    const refusal = { shop: 1, till: 1, kind: 'purchase', sequence: 4, block_number: 3, log_index: 50 }
    await street.ledger('refusal', { ...refusal, reason: 'NotFunded' })
    const home = await memberHome(ada)
    expect(home.pendingPoints).toBe(79n)
    expect(home.statement.slice(0, 3)).toMatchObject([
      { key: '1:purchase:1:3', state: 'pending', points: 70n, spend: 700n },
      { key: '1:purchase:1:4', state: 'pending', points: 9n, code: 'notFunded' },
      { key: '2:refused:payment:1:7', state: 'refused', points: -11n, code: 'balance' },
    ])
    expect(home.statement.filter((line) => line.key === '1:purchase:1:1')).toHaveLength(1)
  })

  test('shows points on their way to somebody, and counts them as held', async () => {
    const key = `transfer:${ada}:0x${'7e'.repeat(32)}`
    const wish = { member: bytes(ada), points: 25, payload: { to: ben }, created_at: at(opening + 2 * day) }
    await street.intent(1, key, wish)
    await street.portal('hold', { member: bytes(ada), issuer: 1, intent_shop: 1, intent_key: key, points: 25 })
    const home = await memberHome(ada)
    expect(home.statement[0]).toMatchObject({ kind: 'sent', state: 'pending', points: -25n, counterpartyName: 'Ben' })
    expect(home).toMatchObject({ balancePoints: 550n, heldPoints: 25n })
  })
})
