import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { policyHash } from '#indexer/scoring/board-policy.ts'
import { boardRoom } from '#web/queries/board-room.ts'
import { account, at, bytes, day, opening, openStreet, type Street } from './street.ts'

const watermark = at(opening + 100 * day)
const today = opening / day + 100
let street: Street

beforeAll(async () => {
  street = await openStreet()
  for (const shop of [1, 2, 3]) await street.shop(shop)
})
afterAll(() => street.close())

const card = (more: object) => ({
  ...{ members: 40, fairness: null, backTest: null },
  purchases: { model: 'mbg', status: 'converged', pooled: true },
  ...more,
})

async function fitted(shop: number, more: { card: object; days?: number }): Promise<void> {
  const id = `00000000-0000-4000-8000-${`${shop}${more.days ?? 100}`.padStart(12, '0')}`
  await street.judged('run', {
    ...{ shop, id, model: 'expected-value/1', block: 1, watermark, inputs_hash: Buffer.alloc(32) },
    ...{ members: 40, finished_at: at(opening + (more.days ?? 100) * day), kind: 'fit', block_hash: Buffer.alloc(32) },
    card: JSON.stringify(more.card),
  })
}

async function multiplied(member: number, percent: number, more: { shop?: number; reason?: string; made?: number }) {
  const { shop = 1, reason = 'likely to be lost', made = today } = more
  await street.judged('multiplier', { shop, member: bytes(account(member)), day: made, before: 100, percent, reason })
}

const policyText = (version: number, mostPercent: number) =>
  JSON.stringify({ version, date: '2026-01-01', multiplier: { mostPercent, changeDays: 14, mostChange: 25 } })

async function decided(version: number, from: number, document = policyText(version, 150), text = document) {
  const hash = bytes(policyHash(text))
  await street.decided({ version, document, hash, proposal: 70 + version, from_day: from })
}

describe('the board’s room', () => {
  test('before anything was judged shows who decides, and what the founders agreed on', async () => {
    expect(await boardRoom()).toMatchObject({
      ...{ multiplied: [], grounds: [], unshown: 0, forecasts: [], optedOut: 0, street: null },
      seats: [1, 2, 3].map((shop) => ({ shop, name: `Shop of ${shop}`, hue: 10 * shop })),
      policies: [
        { version: 1, from: null, decision: null, inForce: true, policy: { multiplier: { mostPercent: 200 } } },
      ],
    })
  })

  test('gives no seat to a shop that is not active', async () => {
    await street.indexer.query('UPDATE ledger.shop SET status = 3 WHERE shop = 3')
    expect((await boardRoom()).seats.map(({ shop }) => shop)).toEqual([1, 2])
  })

  test('shows the newest fit of street and shops, its error and its sign, and where none was tried', async () => {
    const backTest = {
      ...{ calibrationDays: 60, holdoutDays: 20, times: 2, members: 40, foretold: 44, came: 50, bias: -0.12 },
      models: [
        { model: 'mbg', meanError: 0.5, bias: -0.1, gini: 0.6 },
        { model: 'lastYearAgain', meanError: 0.7, bias: 0, gini: null },
      ],
    }
    await fitted(1, { card: card({}), days: 90 })
    await fitted(1, { card: card({ backTest }) })
    await fitted(2, { card: card({}) })
    await fitted(0, { card: card({ members: 77 }) })
    const { forecasts, street: whole } = await boardRoom()
    const untried = { model: 'mbg', status: 'converged', pooled: true, tried: null }
    expect(forecasts).toEqual([
      { ...untried, shop: 0, name: 'The whole street', members: 77 },
      {
        ...{ shop: 1, name: 'Shop of 1', members: 40, model: 'mbg', status: 'converged', pooled: true },
        tried: { times: 2, days: 20, foretold: 44, came: 50, bias: -0.12, error: 0.5, baselineError: 0.7 },
      },
      { ...untried, shop: 2, name: 'Shop of 2', members: 40 },
    ])
    expect(whole).toEqual({ watermark, members: 77, fairness: null })
  })

  test('S30: counts who wants not to be known, and nobody who changed their mind', async () => {
    for (const [member, purpose, given] of [
      [20, 'personalisation', false],
      [21, 'personalisation', false],
      [22, 'personalisation', true],
      [23, 'greeting', false],
    ] as const) {
      await street.portal('consent', { member: bytes(account(member)), purpose, given, decided_at: watermark })
    }
    expect((await boardRoom()).optedOut).toBe(2)
  })

  test('counts who is advised more points, each member once, and shows no group of fewer than five', async () => {
    for (const member of [1, 2, 3, 4, 5]) await multiplied(member, 150, {})
    // At another shop as well, by less: the most counts.
    for (const member of [1, 2]) await multiplied(member, 125, { shop: 2, reason: 'takes part a great deal' })
    // Earlier, and over since.
    await multiplied(6, 150, { made: today - 40 })
    await multiplied(6, 100, { reason: 'as everybody' })
    for (const member of [7, 8, 9]) {
      await multiplied(member, 125, { reason: 'at some risk, takes part a great deal' })
    }
    expect(await boardRoom()).toMatchObject({
      multiplied: [{ percent: 150, members: 5 }],
      grounds: [
        { words: 'likely to be lost', members: 5 },
        { words: 'takes part a great deal', members: 5 },
      ],
      unshown: 3,
    })
  })

  test('shows each policy with the decision it rests on, and which of them holds on the mirrored day', async () => {
    await decided(2, today)
    await decided(3, today + 10)
    const { policies } = await boardRoom()
    expect(policies.map(({ version, inForce }) => [version, inForce])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ])
    expect(policies[1]).toMatchObject({
      from: new Date(today * day * 1000),
      decision: { hash: policyHash(policyText(2, 150)), proposal: '72' },
    })
  })

  test('shows no bounds of a text that is not the one that was decided', async () => {
    await decided(4, today + 20, policyText(4, 900), policyText(4, 150))
    expect((await boardRoom()).policies[3]).toMatchObject({ version: 4, policy: null, inForce: false })
  })
})
