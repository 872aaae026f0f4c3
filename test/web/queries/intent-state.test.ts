import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkpoint } from '#web/queries/checkpoint.ts'
import { intentBlock } from '#web/queries/intent-block.ts'
import { intentState } from '#web/queries/intent-state.ts'
import { account, bytes, opening, openStreet, type Street } from './street.ts'

const ada = account(0xada)
const sender = bytes(account(0xe1))
let street: Street

beforeAll(async () => {
  street = await openStreet()
  await street.shop(1)
  for (const number of [2, 3]) await street.block(number, opening + number)
  await street.reached(3, 2)
})
afterAll(() => street.close())

test('the checkpoint tells how far the mirror is behind the chain, and what time it is there', async () => {
  await street.indexer.query('UPDATE ledger.checkpoint SET head = 8')
  const mirror = { block: 3n, finalBlock: 2n, head: 8n, lagBlocks: 5, blockTime: new Date((opening + 3) * 1000) }
  expect(await checkpoint()).toMatchObject(mirror)
})

test('a wish is pending while it is only durable, and while it is under way', async () => {
  await street.intent(1, 'purchase:1:1', { member: bytes(ada), points: 5 })
  await street.intent(1, 'purchase:1:2', {
    member: bytes(ada),
    points: 5,
    state: 'sent',
    sent_by: sender,
    sent_nonce: 1,
  })
  expect(await intentState(1, 'purchase:1:1')).toEqual({ state: 'pending', code: null })
  expect(await intentState(1, 'purchase:1:2')).toEqual({ state: 'pending', code: null })
})

test('its receipt in a block makes it final only once that block is', async () => {
  await street.intent(1, 'purchase:1:3', { member: bytes(ada), points: 5, state: 'sent' })
  await street.purchase(1, 3, { member: ada, points: 5n, block: 3 })
  expect(await intentState(1, 'purchase:1:3')).toEqual({ state: 'pending', code: null })
  await street.reached(3, 3)
  expect(await intentState(1, 'purchase:1:3')).toEqual({ state: 'final', code: null })
})

test('the answer says in which block it stands, and what stands behind what was read there', async () => {
  await street.block(5, opening + 5, 'secondSource')
  await street.purchase(1, 50, { member: ada, points: 5n, block: 5 })
  await street.purchase(1, 51, { member: ada, points: 5n, block: 3 })
  await street.intent(1, 'purchase:1:51', { member: bytes(ada), points: 5, state: 'sent' })
  await street.intent(1, 'purchase:1:52', { member: bytes(ada), points: 5, state: 'sent' })
  const hash = account(5)
  expect(await intentBlock(1, 'purchase:1:50')).toEqual({ number: 5n, hash, evidence: 'secondSource' })
  expect(await intentBlock(1, 'purchase:1:51')).toMatchObject({ number: 3n, evidence: 'receipts' })
  expect(await intentBlock(1, 'purchase:1:52')).toBeUndefined()
  await street.indexer.query('DELETE FROM ledger.purchase WHERE sequence IN (50, 51)')
  await street.indexer.query('DELETE FROM ledger.block WHERE number = 5')
})

test('a block that vanishes takes the answer with it', async () => {
  await street.block(4, opening + 4)
  await street.reached(4, 4)
  await street.intent(1, 'payment:1:1', { member: bytes(ada), points: 5, state: 'sent' })
  await street.payment(1, 1, { member: ada, block: 4, lines: { 1: 5n } })
  expect(await intentState(1, 'payment:1:1')).toMatchObject({ state: 'final' })
  await street.indexer.query('DELETE FROM ledger.block WHERE number = 4')
  await street.reached(3, 3)
  expect(await intentState(1, 'payment:1:1')).toMatchObject({ state: 'pending' })
})

test('another content under the same receipt is not this wish', async () => {
  await street.purchase(1, 6, { member: account(0xbad), points: 5n, block: 2 })
  await street.intent(1, 'purchase:1:6', { member: bytes(ada), points: 5, state: 'refused', refused: 'receiptSpent' })
  expect(await intentState(1, 'purchase:1:6')).toEqual({ state: 'refused', code: 'receiptSpent' })
})

test('a purchase that the reserve does not carry yet says so and stays pending', async () => {
  await street.intent(1, 'purchase:1:7', { member: bytes(ada), points: 5 })
  const refusal = { shop: 1, till: 1, kind: 'purchase', sequence: 7, block_number: 2, log_index: 1 }
  await street.ledger('refusal', { ...refusal, reason: 'NotFunded' })
  expect(await intentState(1, 'purchase:1:7')).toEqual({ state: 'pending', code: 'notFunded' })
})

test('a settlement is final with the block its transaction stands in', async () => {
  await street.intent(0, 'settle:one', { state: 'sent', sent_by: sender, sent_nonce: 9 })
  expect(await intentState(0, 'settle:one')).toMatchObject({ state: 'pending' })
  await street.portal('submission', {
    sender,
    nonce: 9,
    hash: Buffer.alloc(32),
    raw: Buffer.alloc(1),
    purpose: 'settle',
    state: 'mined',
    block_number: 2,
    created_at: new Date(),
  })
  expect(await intentState(0, 'settle:one')).toMatchObject({ state: 'final' })
})

test('a receipt that came to the chain past this portal is known from the chain’s books', async () => {
  await street.purchase(1, 8, { member: ada, points: 5n, block: 2 })
  expect(await intentState(1, 'purchase:1:8')).toEqual({ state: 'final', code: null })
  expect(await intentState(1, 'purchase:1:9')).toBeNull()
  expect(await intentState(1, 'nonsense')).toBeNull()
})
