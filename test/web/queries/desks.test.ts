import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestByCode } from '#web/queries/request-by-code.ts'
import { shopDesk } from '#web/queries/shop-desk.ts'
import { shops } from '#web/queries/shops.ts'
import { tillDesk } from '#web/queries/till-desk.ts'
import { account, at, bytes, day, opening, openStreet, quarterLength, type Street, tokenOf } from './street.ts'

const ada = account(0xada)
const ben = account(0xbe)
let street: Street

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1, { supply: 1_000n, reserve: 50_000n, net: -3_000n })
  await street.shop(2, { supply: 0n, reserve: 9_000n, net: 2_000n })
  await street.shop(3, { supply: 500n, reserve: 50_000n, net: 1_000n, joinedAt: opening })
  await street.person(ada, 'Ada', { greeting: true })
  await street.person(ben, 'Ben', { greeting: false })
  for (const till of [1, 2]) {
    const key = bytes(account(0x8000 + till))
    await street.ledger('till', {
      shop: 1,
      till,
      key,
      kind: till === 2 ? 3 : 1,
      budget: 0,
      daily_points: 0,
      revoked: till === 2,
    })
  }
  await street.portal('till_profile', { shop: 1, till: 1, name: 'Front', cashier: 'Cleo' })
  await street.portal('reward', { shop: 1, reward: 1, title: 'Coffee', detail: 'Any size', points: 300, active: true })
  await street.block(2, opening + 10 * day)
  await street.block(3, opening + 45 * day)
  await street.block(4, opening + 50 * day)
  await street.reached(4)
})
afterAll(() => street.close())

describe('the street', () => {
  test('shows every shop with what stands behind its points', async () => {
    expect(await shops()).toMatchObject([
      { shop: 1, name: 'Shop of 1', earnRate: 100, status: 'Active', token: tokenOf(1), backing: 0.47 },
      { shop: 2, backing: null },
      { shop: 3, backing: 1.02 },
    ])
  })
})

describe('a shop’s desk', () => {
  test('owes its live points at par and says what the reserve still allows (N-9)', async () => {
    expect(await shopDesk(1)).toMatchObject({
      liabilityPoints: 1_000n,
      liabilityMoney: 100_000n,
      reserve: 50_000n,
      net: -3_000n,
      required: 30_000n,
      free: 17_000n,
      ratio: 0.47,
      issuablePoints: 566n,
    })
    expect(await shopDesk(3)).toMatchObject({ required: 50_000n, requiredRatio: 1, free: 0n, ratio: 1 })
    expect(await shopDesk(77)).toBeNull()
  })

  test('keeps the ratio of the board’s last vote', async () => {
    await street.event(2, 'RequiredRatioSet', { bps: 9_000 })
    await street.event(3, 'RequiredRatioSet', { bps: 4_000 })
    expect(await shopDesk(1)).toMatchObject({ requiredRatio: 0.4, required: 40_000n, free: 7_000n })
    await street.indexer.query(`DELETE FROM ledger.event WHERE name = 'RequiredRatioSet'`)
  })

  test('lists tills, rewards and the running quarter', async () => {
    expect(await shopDesk(1)).toMatchObject({
      tills: [
        { till: 1, name: 'Front', cashier: 'Cleo', kind: 'Counter', revoked: false },
        { till: 2, name: 'Till 2', kind: 'Import', revoked: true },
      ],
      rewards: [{ reward: 1, title: 'Coffee', points: 300n, active: true }],
      quarter: { number: 0, endsAt: null, noticeOpensAt: at(opening + quarterLength - 60 * day) },
    })
  })

  test('counts the last 30 days of the chain’s time, and tells own points from others’', async () => {
    const place = { transaction_hash: Buffer.alloc(32), counterparty: null }
    const issued = { member: bytes(ada), shop: 1, kind: 'issued', ...place }
    await street.ledger('movement', { ...issued, block_number: 2, log_index: 1, points: 4_000 })
    await street.ledger('movement', { ...issued, block_number: 3, log_index: 1, points: 700 })
    await street.payment(1, 1, { member: ada, block: 3, lines: { 1: 10n, 3: 5n } })
    await street.payment(2, 1, { member: ada, block: 4, lines: { 1: 30n } })
    await street.payment(2, 2, { member: ada, block: 2, lines: { 1: 10n } })
    expect((await shopDesk(1))?.last30Days).toEqual({
      issued: 700n,
      ownRedeemedHere: 10n,
      ownRedeemedElsewhere: 30n,
      othersRedeemedHere: 5n,
      since: at(opening + 20 * day),
    })
  })

  test('says how often each reward was taken in 30 days, and what that costs for every 100 of sales', async () => {
    expect((await shopDesk(2))?.rewards).toEqual([])
    await street.portal('reward', { shop: 3, reward: 1, title: 'Soap', detail: '', points: 300, active: true })
    await street.portal('reward', { shop: 3, reward: 2, title: 'Towel', detail: '', points: 900, active: true })
    await street.payment(3, 81, { member: ada, block: 4, lines: { 3: 300n }, purpose: 1 })
    await street.payment(3, 82, { member: ben, block: 4, lines: { 3: 200n, 2: 100n }, purpose: 1 })
    await street.payment(3, 83, { member: ben, block: 2, lines: { 3: 900n }, purpose: 2 })
    const taken = async () => (await shopDesk(3))?.rewards.map((one) => [one.title, one.timesTaken, one.costPer100Down])
    expect(await taken()).toEqual([
      ['Soap', 2, null],
      ['Towel', 0, null],
    ])
    // 6 points are worth 6 cents; sold for 70.00: 0.0857142 for every 100.
    await street.purchase(3, 84, { member: ada, points: 1n, block: 4, spend: 7_000n, soldAt: opening + 40 * day })
    expect(await taken()).toEqual([
      ['Soap', 2, 85_714n],
      ['Towel', 0, 0n],
    ])
    const place = { block_number: 4, transaction_hash: bytes(ada) }
    const back = { ...place, shop: 3, till: 1, member: bytes(ben), by_till: 1 }
    await street.ledger('refund', { ...back, sequence: 81, points: 300, log_index: 901 })
    await street.ledger('refund', { ...back, sequence: 82, points: 100, log_index: 902 })
    expect(await taken()).toEqual([
      ['Soap', 1, 28_571n],
      ['Towel', 0, 0n],
    ])
    await street.indexer.query('DELETE FROM ledger.refund')
    await street.indexer.query('DELETE FROM ledger.payment WHERE shop = 3')
    await street.indexer.query('DELETE FROM ledger.payment_line WHERE shop = 3')
    await street.indexer.query('DELETE FROM ledger.purchase WHERE shop = 3')
  })

  test('names what it owes each other shop since it last settled; the lines add up to its net position', async () => {
    expect(await shopDesk(1)).toMatchObject({
      debts: [
        { shop: 2, name: 'Shop of 2', owed: 4_000n, due: 0n, net: -4_000n },
        { shop: 3, owed: 0n, due: 500n, net: 500n },
      ],
      carriedOver: 500n,
    })
    await street.event(3, 'Settled', { shop: 1, reserveChange: '-1000' })
    await street.payment(3, 1, { member: ada, block: 3, lines: { 1: 7n } })
    const desk = await shopDesk(1)
    expect(desk?.debts.map(({ shop, net }) => ({ shop, net }))).toEqual([
      { shop: 2, net: -3_000n },
      { shop: 3, net: -700n },
    ])
    expect(desk?.carriedOver).toBe(700n)
  })

  test('owes a refund of what was settled the other way round, and names the house', async () => {
    const refunded = { block_number: 4, log_index: 901, kind: 'refund', debtor: 3, creditor: 2, value: -900 }
    await street.ledger('net_move', refunded)
    await street.ledger('net_move', { ...refunded, log_index: 902, kind: 'voucher', debtor: 0, value: 300 })
    const { debts } = (await shopDesk(2)) ?? { debts: [] }
    expect(debts.filter(({ shop }) => shop !== 1)).toMatchObject([
      { shop: 3, owed: 10_900n, due: 0n, net: -10_900n },
      { shop: 0, name: 'Vouchers not used yet', owed: 0n, due: 300n, net: 300n },
    ])
    await street.indexer.query('DELETE FROM ledger.net_move WHERE log_index > 900')
  })

  test('tells points on their way from points that wait for the reserve', async () => {
    const wish = { member: bytes(ada), points: 40 }
    await street.intent(1, 'purchase:1:50', wish)
    await street.intent(1, 'purchase:1:51', wish)
    await street.ledger('refusal', {
      shop: 1,
      till: 1,
      kind: 'purchase',
      sequence: 51,
      block_number: 4,
      log_index: 3,
      reason: 'NotFunded',
    })
    const submission = { sender: bytes(account(9)), hash: Buffer.alloc(32), raw: Buffer.alloc(1), purpose: 'issue' }
    await street.portal('submission', { ...submission, nonce: 1, state: 'signed', created_at: new Date() })
    await street.intent(1, 'purchase:1:52', { ...wish, state: 'sent', sent_by: submission.sender, sent_nonce: 1 })
    expect((await shopDesk(1))?.waiting).toEqual({
      entries: 3,
      points: 120n,
      notFundedPoints: 40n,
      unconfirmedPoints: 0n,
    })
    await street.purchase(1, 52, { member: ada, points: 40n, block: 4 })
    expect((await shopDesk(1))?.waiting).toEqual({
      entries: 2,
      points: 80n,
      notFundedPoints: 40n,
      unconfirmedPoints: 0n,
    })
  })
})

describe('a till’s desk', () => {
  test('shows the newest receipts of both books once each, names only with consent', async () => {
    await street.intent(1, 'purchase:1:60', {
      member: bytes(ben),
      points: 8,
      spend: 80,
      created_at: new Date(Date.now() + 60_000),
    })
    // Purchases and payments are numbered apart.
    await street.payment(1, 60, { member: ada, block: 4, lines: { 1: 1n } })
    const desk = await tillDesk(1, 1)
    expect(desk).toMatchObject({ tillName: 'Front', cashier: 'Cleo', revoked: false, kind: 'Counter' })
    expect(desk?.recent[0]).toMatchObject({ sequence: 60n, memberName: 'Member 00BE', state: 'pending', spend: 80n })
    const keys = desk?.recent.map((receipt) => `${receipt.kind} ${receipt.sequence}`) ?? []
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toEqual(expect.arrayContaining(['purchase 52', 'purchase 60', 'payment 60']))
    expect(desk?.recent.find((receipt) => receipt.sequence === 52n)).toMatchObject({
      memberName: 'Ada',
      state: 'final',
    })
    expect(await tillDesk(1, 9)).toBeNull()
  })

  test('offers the shop’s rewards, the cheapest first, and names the one that was taken', async () => {
    const bun = { shop: 1, reward: 2, title: 'Bun', detail: 'Sweet', points: 90, active: true }
    await street.portal('reward', bun, { ...bun, reward: 3, title: 'Old cake', points: 10, active: false })
    await street.payment(1, 61, { member: ada, block: 4, lines: { 1: 90n }, purpose: 2 })
    const payload = { purpose: 1, deadline: 0, lines: [] }
    await street.intent(1, 'payment:1:62', { member: bytes(ben), points: 300, payload: JSON.stringify(payload) })
    const desk = await tillDesk(1, 1)
    expect(desk?.rewards).toEqual([
      { reward: 2, title: 'Bun', detail: 'Sweet', points: 90n },
      { reward: 1, title: 'Coffee', detail: 'Any size', points: 300n },
    ])
    const taken = (sequence: bigint) =>
      desk?.recent.find((receipt) => receipt.kind === 'payment' && receipt.sequence === sequence)?.reward
    expect([taken(60n), taken(61n), taken(62n)]).toEqual([null, 'Bun', 'Coffee'])
  })
})

describe('a payment request', () => {
  const request = { shop: 1, till: 1, points: 300, purpose: 1, terms: null, member: null, member_signature: null }
  const soon = () => new Date(Date.now() + 60_000)

  test('is found by its code, the newest where a code came round again', async () => {
    const open = { ...request, code: 'K7QM', state: 'open', expires_at: soon() }
    await street.portal('payment_request', { ...open, sequence: 70, points: 1, created_at: at(opening) })
    await street.portal('payment_request', { ...open, sequence: 71, created_at: new Date() })
    const found = { sequence: 71n, points: 300n, state: 'open', reward: { title: 'Coffee' }, tillName: 'Front' }
    expect(await requestByCode(' k7qm ')).toMatchObject({ ...found, outcome: null })
    expect(await requestByCode('NONE')).toBeNull()
  })

  test('is over when its time is', async () => {
    const old = { ...request, sequence: 72, code: 'OLD1', state: 'approved', created_at: at(opening) }
    await street.portal('payment_request', { ...old, expires_at: at(opening + 60) })
    expect(await requestByCode('OLD1')).toMatchObject({ state: 'expired' })
  })

  test('tells the till what became of the payment it accepted', async () => {
    const done = {
      ...request,
      sequence: 73,
      code: 'DONE',
      state: 'accepted',
      created_at: at(opening),
      expires_at: soon(),
    }
    await street.portal('payment_request', {
      ...done,
      member: bytes(ada),
      terms: { shop: 1 },
      member_signature: Buffer.from('ab12', 'hex'),
    })
    await street.intent(1, 'payment:1:73', { member: bytes(ada), points: 300, state: 'refused', refused: 'balance' })
    const found = {
      member: ada,
      terms: { shop: 1 },
      memberSignature: '0xab12',
      outcome: { state: 'refused', code: 'balance' },
    }
    expect(await requestByCode('DONE')).toMatchObject(found)
  })
})
