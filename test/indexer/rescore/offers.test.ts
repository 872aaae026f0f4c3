import { afterAll, beforeAll, expect, test } from 'vitest'
import { policyHash } from '#indexer/scoring/board-policy.ts'
import { isHeldOut } from '#indexer/scoring/experiments.ts'
import { heldOutShare, holdoutSalt } from '#indexer/scoring/holdout.ts'
import type { ModelCard } from '#indexer/scoring/model-card.ts'
import { simulated } from '#test/indexer/scoring/simulated-shop.ts'
import { type JudgedStreet, judgedStreet, memberHex } from './judged-street.ts'

const known = 180
const members = 60
let street: JudgedStreet

interface OfferRow {
  readonly member: string
  readonly day: number
  readonly reward: number
  readonly propensity_ppm: number
  readonly because: { readonly both: number } | null
}

/** Members took rewards at shop 1: all of them the first, every second one the second too. */
beforeAll(async () => {
  street = await judgedStreet()
  const bought = simulated(members, 17, { known, ahead: 0 }).known.flatMap((visits, place) =>
    visits.days.map((day, visit) => ({ shop: 1, member: place + 1, day, spend: visits.spends[visit] as number })),
  )
  await street.mirrored(60, [])
  await street.mirrored(known, bought)
  await street.owner.query('UPDATE ledger.purchase SET points = 500')
  await street.owner.query(
    `INSERT INTO ledger.payment (shop, till, sequence, member, purpose, points, record, block_number, log_index,
       transaction_hash)
     SELECT 1, 1, n * 10 + r, decode(lpad(to_hex(n), 40, '0'), 'hex'), r, 10000, 1, 1, n * 10 + r, '\\x00'
     FROM generate_series(1, ${members}) n, generate_series(1, 2) r WHERE r = 1 OR n % 2 = 0`,
  )
  await street.owner.query(
    `INSERT INTO portal.reward SELECT 1, r, 'Reward ' || r, '', r * 10000, r < 4 FROM generate_series(1, 4) r`,
  )
  await street.owner.query(
    `INSERT INTO ledger.shop (shop, owner, status, redeems_only, receipt_limit, daily_points)
     VALUES (1, '\\x01', 2, false, 750, 100000)`,
  )
  await street.owner.query(
    `INSERT INTO ledger.points_token (shop, address, quarter, started_at, stamp, lane0, lane1, lane2, lane3, lane4,
       stopped)
     VALUES (1, '\\x01', 7, now(), 7, 0, 0, 0, 0, 0, false)`,
  )
  // Four quarters old: of member 3 nothing is left in the running quarter but the newest lane.
  await street.owner.query(
    `INSERT INTO ledger.balance SELECT decode(lpad(to_hex(n), 40, '0'), 'hex'), 1, CASE WHEN n = 3 THEN 3 ELSE 7 END,
       40000, 90000, 0, 0, 0, 0 FROM generate_series(1, ${members}) n`,
  )
  await street.owner.query(`UPDATE ledger.balance SET lane0 = 0 WHERE member = decode($1, 'hex')`, [memberHex(3)])
  await street.decide(8, false)
  await street.owner.query(`INSERT INTO portal.goal VALUES (1, 15, $1, $2, now())`, [dayOf(150), dayOf(330)])
  await street.rescorer.run()
})
afterAll(() => street.close())

const dayOf = (day: number) => Date.UTC(2026, 0, 1) / 86_400_000 + day
const offers = () =>
  street.rows<OfferRow>(`SELECT encode(member, 'hex') AS member, day, reward, propensity_ppm, because FROM judged.offer
    ORDER BY day, member`)
const card = async () =>
  (
    await street.rows<{ card: ModelCard }>(
      `SELECT card FROM judged.run WHERE shop = 1 AND kind = 'fit' ORDER BY finished_at DESC LIMIT 1`,
    )
  )[0]?.card as ModelCard
const alone = (hex: string) => isHeldOut(`0x${hex}`, holdoutSalt(1), heldOutShare)

test('a fit proposes what members can reach, with the probability of the draw and its grounds', async () => {
  const made = await offers()
  const named = new Set(made.map(({ member }) => member))
  for (let number = 1; number <= members; number += 1) {
    const hex = memberHex(number)
    const scored = (await street.rows(`SELECT 1 FROM judged.score WHERE member = decode($1, 'hex')`, [hex])).length > 0
    expect([number, named.has(hex)]).toEqual([number, scored && number !== 3 && !alone(hex)])
  }
  // Reward 4 is no longer on offer.
  expect(new Set(made.map(({ reward }) => reward))).toEqual(new Set([1, 2, 3]))
  for (const { propensity_ppm: ppm } of made) expect(ppm).toBeGreaterThanOrEqual(33_333)
  expect((await card()).offers?.arms.map(({ reward }) => reward)).toEqual([1, 2, 3])
})

test('S18: a multiplier stays within the board’s limit for a receipt, and its change has a reason', async () => {
  // 5.00 points a purchase and 7.50 a receipt at most: half as many again.
  expect((await card()).offers?.mostPercent).toBe(150)
  const rows = await street.rows<{ percent: number; reason: string; member: string }>(
    `SELECT percent, reason, encode(member, 'hex') AS member FROM judged.multiplier`,
  )
  expect(rows.length).toBeGreaterThan(0)
  for (const { percent, reason, member } of rows) {
    expect(percent).toBeGreaterThan(100)
    expect(percent).toBeLessThanOrEqual(150)
    expect(reason).not.toBe('')
    expect(alone(member)).toBe(false)
  }
})

test('S28: the goal is measured against those left alone since the day it was set', async () => {
  expect((await card()).goal).toMatchObject({ percent: 15, days: 31, lift: { treated: {}, heldOut: {} } })
})

test('what is open is not proposed again, and a reward taken up counts for it', async () => {
  const before = await offers()
  await street.mirrored(known + 10)
  await street.rescorer.run()
  expect(await offers()).toEqual(before)
  const [first] = before
  const [block] = await street.rows<{ number: string }>('SELECT max(number) AS number FROM ledger.block')
  await street.owner.query(
    `INSERT INTO ledger.payment (shop, till, sequence, member, purpose, points, record, block_number, log_index,
       transaction_hash) VALUES (1, 1, 9999, decode($1, 'hex'), $2, 100, 1, $3, 9999, '\\x00')`,
    [first?.member, first?.reward, block?.number],
  )
  await street.mirrored(known + 28)
  await street.rescorer.run()
  const arms = (await card()).offers?.arms ?? []
  expect(arms.reduce((sum, { proposed }) => sum + proposed, 0)).toBe(before.length)
  expect(arms.reduce((sum, { taken }) => sum + taken, 0)).toBe(1)
  expect((await offers()).length).toBeGreaterThan(before.length)
})

test('S18: what the board decided bounds multipliers from its day on, and each change names its version', async () => {
  const changes = (policy: number) =>
    street.rows<{ before: number; percent: number; reason: string }>(
      'SELECT before, percent, reason FROM judged.multiplier WHERE policy = $1',
      [policy],
    )
  expect((await changes(1)).length).toBeGreaterThan(0)
  const multiplier = { mostPercent: 120, changeDays: 1, mostChange: 100 }
  const document = JSON.stringify({ version: 2, date: '2026-08-01', multiplier })
  await street.owner.query(`INSERT INTO portal.board_policy VALUES (0, 2, $1, decode($2, 'hex'), 7, $3, now())`, [
    document,
    policyHash(document).slice(2),
    dayOf(known + 30),
  ])
  await street.mirrored(known + 29)
  await street.rescorer.run()
  expect(await changes(2)).toEqual([])
  await street.mirrored(known + 30)
  await street.rescorer.run()
  expect((await card()).offers).toMatchObject({ mostPercent: 120, policy: { version: 2, date: '2026-08-01' } })
  const bounded = await changes(2)
  expect(bounded.length).toBeGreaterThan(0)
  for (const { before, percent, reason } of bounded.filter((one) => one.before > 120)) {
    expect([before > 120, percent]).toEqual([true, 120])
    expect(reason).toBe('held to 120 by the board’s policy 2 of 2026-08-01')
  }
  await street.owner.query(`UPDATE portal.board_policy SET document = replace(document, '120', '900')`)
  await street.mirrored(known + 31)
  await expect(street.rescorer.run()).rejects.toThrow('is not what was decided')
  await street.owner.query('DELETE FROM portal.board_policy')
  await street.rescorer.run()
})

test('S30: whoever says no is proposed nothing, multiplied by nothing, and leaves no trace', async () => {
  const [first] = await offers()
  const number = Number.parseInt(first?.member ?? '', 16)
  await street.decide(number, false)
  await street.rescorer.run()
  const tables = await street.rows<{ table: string }>(
    `SELECT table_name AS table FROM information_schema.columns
     WHERE table_schema = 'judged' AND column_name = 'member' AND data_type = 'bytea'`,
  )
  expect(tables.length).toBeGreaterThanOrEqual(5)
  for (const { table } of tables) {
    const found = await street.rows(`SELECT 1 FROM judged.${table} WHERE member = decode($1, 'hex')`, [first?.member])
    expect([table, found]).toEqual([table, []])
  }
})

test('answers are read with consent only, and are gone from the scores when it is withdrawn', async () => {
  const said = async () =>
    (
      await street.rows(`SELECT mood, mind, recommends FROM judged.score WHERE member = decode($1, 'hex')`, [
        memberHex(5),
      ])
    )[0]
  const survey = async (given: boolean) => {
    await street.owner.query(
      `INSERT INTO portal.consent VALUES (decode($1, 'hex'), 'survey', $2, clock_timestamp())
       ON CONFLICT (member, purpose) DO UPDATE SET given = excluded.given, decided_at = excluded.decided_at`,
      [memberHex(5), given],
    )
    await street.rescorer.run()
  }
  await street.owner.query(
    `INSERT INTO portal.survey_answer SELECT decode($1, 'hex'), a.shop, a.question, a.answer, now()
     FROM (VALUES (0, 'mood', 'quality'), (0, 'mind', 'curious'), (1, 'recommend', '9'), (2, 'recommend', '2'))
       AS a(shop, question, answer)`,
    [memberHex(5)],
  )
  street.rescorer.touchAll()
  await street.rescorer.run()
  expect(await said()).toEqual({ mood: null, mind: null, recommends: null })
  await survey(true)
  expect(await said()).toEqual({ mood: 'quality', mind: 'curious', recommends: 9 })
  await survey(false)
  expect(await said()).toEqual({ mood: null, mind: null, recommends: null })
})
