import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ModelCard } from '#indexer/scoring/model-card.ts'
import { segmentOf } from '#indexer/scoring/segments.ts'
import { merkleTree, scoreLeaf } from '#test/contracts/support/merkle-tree.ts'
import { simulated } from '#test/indexer/scoring/simulated-shop.ts'
import { type Bought, type JudgedStreet, judgedStreet, memberHex } from './judged-street.ts'

const seed = 20_261_201
console.info(`seed of the simulated street: ${seed}`)
const days = { known: 180, ahead: 30 }

/** What the members of a shop bought in half a year, numbered from `from`. */
function shopLife(shop: number, members: number, from = 1): Bought[] {
  return simulated(members, seed + shop, days).known.flatMap((visits, place) =>
    visits.days.map((day, visit) => ({ shop, member: from + place, day, spend: visits.spends[visit] as number })),
  )
}

interface LeafRow {
  readonly shop: number
  readonly member: `0x${string}`
  readonly tier: number
  readonly alive_ppm: number
  readonly purchases_millionths: string
  readonly value_minor: string
}

interface Scored {
  readonly alive_ppm: number | null
  readonly value_minor: string | null
  readonly purchases_millionths: string | null
  readonly recency_score: 1 | 2 | 3 | 4 | 5
  readonly frequency_score: 1 | 2 | 3 | 4 | 5
  readonly overdue: boolean
  readonly reason: readonly { readonly words: string; readonly minor: number }[]
  readonly value_before: string | null
}

let street: JudgedStreet
let epoch: bigint | undefined

beforeEach(async () => {
  epoch = 1n
  street = await judgedStreet(() => epoch)
})
afterEach(() => street.close())

async function scoreOf(shop: number, member: number): Promise<Scored | undefined> {
  const sql = `SELECT * FROM judged.score WHERE shop = $1 AND member = decode($2, 'hex')`
  return (await street.rows<Scored>(sql, [shop, memberHex(member)]))[0]
}

const lastCard = async (shop: number): Promise<ModelCard> => {
  const sql = `SELECT card FROM judged.run WHERE shop = $1 AND kind = 'fit' ORDER BY finished_at DESC LIMIT 1`
  return (await street.rows<{ card: ModelCard }>(sql, [shop]))[0]?.card as ModelCard
}

describe('a fit', () => {
  test('says of every member what is to be expected, and of every shop how that was found', async () => {
    await street.mirrored(days.known, [...shopLife(1, 60), ...shopLife(2, 20, 40)])
    expect(await street.rescorer.run()).toMatchObject({ kind: 'fit', shops: 2, members: 80 })
    const nothing = await street.rows('SELECT 1 FROM judged.score WHERE alive_ppm IS NULL OR value_minor IS NULL')
    expect(nothing).toEqual([])
    const card = await lastCard(1)
    expect(card).toMatchObject({ members: 60, leftOut: { optedOut: 0, undone: 0 } })
    expect(card.window.firstDay).toBeLessThan(card.window.lastDay)
    expect(card.forecast?.visits.low).toBeLessThan(card.forecast?.visits.expected as number)
    expect(card.backTest?.bias).toEqual(expect.any(Number))
    expect((await lastCard(2)).purchases.why).toMatch(/^the whole street’s choice/)
    const shared = await street.rows('SELECT * FROM judged.together WHERE shop = 2')
    expect(shared).toEqual([{ shop: 2, other: 1, members: 20, lift_percent: 100 }])
  })

  test('is asked to be committed with the root over all it says, before anything is done by it', async () => {
    await street.mirrored(days.known, [...shopLife(1, 40), ...shopLife(2, 10, 20)])
    const report = await street.rescorer.run()
    const [wish] = await street.rows<{ key: string; payload: Record<string, unknown>; state: string }>(
      'SELECT key, payload, state FROM portal.intent',
    )
    expect(wish).toMatchObject({ key: `score:${report?.run}`, state: 'open' })
    const leaves = await street.rows<LeafRow>(
      `SELECT shop, '0x' || encode(member, 'hex') AS member, tier, alive_ppm, purchases_millionths, value_minor
       FROM judged.leaf`,
    )
    expect(leaves).toHaveLength(50)
    const tree = merkleTree(
      leaves.map((leaf) =>
        scoreLeaf({
          shop: leaf.shop,
          member: leaf.member,
          tier: leaf.tier,
          badges: 0n,
          alivePpm: leaf.alive_ppm,
          purchasesMillionths: BigInt(leaf.purchases_millionths),
          valueMinor: BigInt(leaf.value_minor),
        }),
      ),
    )
    const [run] = await street.rows<{ inputs_hash: Buffer; block_hash: Buffer; block: string; model: string }>(
      'SELECT * FROM judged.run WHERE shop = 0',
    )
    expect(wish?.payload).toEqual({
      block: Number(run?.block),
      blockHash: `0x${run?.block_hash.toString('hex')}`,
      inputsHash: `0x${run?.inputs_hash.toString('hex')}`,
      model: run?.model,
      root: tree.root,
    })
  })

  test('is made again from nothing: the same inputs, the same parameters, the same scores, the same root', async () => {
    await street.mirrored(days.known, shopLife(1, 50))
    const judged = async () => ({
      scores: await street.rows(`SELECT to_jsonb(s) - 'run' AS row FROM judged.score s ORDER BY s.shop, s.member`),
      runs: await street.rows('SELECT shop, inputs_hash, root, parameters, card FROM judged.run ORDER BY shop'),
      leaves: await street.rows(`SELECT to_jsonb(l) - 'run' AS row FROM judged.leaf l ORDER BY l.shop, l.member`),
    })
    await street.rescorer.run()
    const first = await judged()
    await street.forgetJudged()
    expect(await street.rescorer.run()).toMatchObject({ kind: 'fit' })
    expect(await judged()).toEqual(first)
    expect(first.leaves).toHaveLength(50)
  })

  test('is made when a day has gone by, when somebody asks, and when its block is no longer on the chain', async () => {
    await street.mirrored(days.known, shopLife(1, 40))
    const kindNow = async () => (await street.rescorer.run())?.kind
    expect(await kindNow()).toBe('fit')
    expect(await kindNow()).toBeUndefined()
    await street.mirrored(days.known + 1)
    expect(await kindNow()).toBe('fit')
    await street.owner.query('INSERT INTO judged.refit_wish VALUES (0, now())')
    expect(await kindNow()).toBe('fit')
    expect(await kindNow()).toBeUndefined()
    await street.owner.query(`UPDATE ledger.block SET hash = decode(repeat('ab', 32), 'hex') WHERE number = 2`)
    expect(await kindNow()).toBe('fit')
    expect(await street.rows('SELECT 1 FROM portal.intent')).toHaveLength(4)
  })

  test('of an epoch that is over leaves nothing behind, neither scores nor a wish', async () => {
    await street.mirrored(days.known, shopLife(1, 40))
    epoch = 2n
    await expect(street.rescorer.run()).rejects.toThrow('does not lead')
    for (const table of ['judged.score', 'judged.run', 'judged.leaf', 'judged.tier', 'portal.intent']) {
      expect([table, await street.rows(`SELECT 1 FROM ${table}`)]).toEqual([table, []])
    }
    epoch = 1n
    expect(await street.rescorer.run()).toMatchObject({ kind: 'fit', members: 40 })
  })
})

describe('between fits', () => {
  test('a member’s numbers follow a purchase at once, at the parameters of the last fit', async () => {
    await street.mirrored(days.known, shopLife(1, 60))
    await street.rescorer.run()
    const before = await scoreOf(1, 3)
    await street.mirrored(days.known, [{ shop: 1, member: 3, day: days.known, spend: 900 }])
    street.rescorer.touch([1])
    expect(await street.rescorer.run()).toMatchObject({ kind: 'follow', shops: 1 })
    const after = await scoreOf(1, 3)
    expect(Number(after?.purchases_millionths)).toBeGreaterThan(Number(before?.purchases_millionths))
    const fits = await street.rows(`SELECT 1 FROM judged.run WHERE shop = 1 AND kind = 'fit'`)
    expect(fits).toHaveLength(1)
  })

  test('a shop that opens today is judged by the street’s model', async () => {
    await street.mirrored(days.known, shopLife(1, 60))
    await street.rescorer.run()
    await street.mirrored(days.known, [{ shop: 9, member: 3, day: days.known }])
    street.rescorer.touch([9])
    await street.rescorer.run()
    expect((await scoreOf(9, 3))?.alive_ppm).toBeGreaterThan(0)
  })

  test('S30: whoever says no leaves no trace of what was expected of them', async () => {
    await street.mirrored(days.known, [...shopLife(1, 40), ...shopLife(2, 20)])
    await street.rescorer.run()
    await street.decide(5, false)
    await street.rescorer.run()
    for (const table of ['score', 'tier', 'leaf']) {
      const found = await street.rows(`SELECT 1 FROM judged.${table} WHERE member = decode($1, 'hex')`, [memberHex(5)])
      expect([table, found]).toEqual([table, []])
    }
    await street.mirrored(days.known + 1)
    await street.rescorer.run()
    // At both shops, and on the street once.
    for (const shop of [1, 2, 0]) expect((await lastCard(shop)).leftOut.optedOut).toBe(1)
    expect(await scoreOf(1, 5)).toBeUndefined()
  })
})

/** The same tenth is free for both: member 1001 comes daily, member 1002 monthly. */
const daily = Array.from({ length: 60 }, (_, visit) => ({ shop: 1, member: 1001, day: 120 + visit, spend: 300 }))
const monthly = Array.from({ length: 6 }, (_, visit) => ({ shop: 1, member: 1002, day: 20 + 30 * visit, spend: 300 }))

test('S21: predicted value ranks a daily and a monthly buyer apart', async () => {
  await street.mirrored(days.known, [...shopLife(1, 60), ...daily, ...monthly])
  await street.rescorer.run()
  const [often, seldom] = [await scoreOf(1, 1001), await scoreOf(1, 1002)]
  expect(Number(often?.value_minor)).toBeGreaterThan(3 * Number(seldom?.value_minor))
})

test('S11, S19: who falls silent is overdue, changes segment, and the reason says so', async () => {
  await street.mirrored(days.known, [...shopLife(1, 60), ...daily])
  await street.rescorer.run()
  const before = (await scoreOf(1, 1001)) as Scored
  expect(before.overdue).toBe(false)
  expect(segmentOf(before.recency_score, before.frequency_score)).toBe('Champions')
  // The others go on as before.
  const others = Array.from({ length: 60 }, (_, place) => ({
    shop: 1,
    member: place + 1,
    day: days.known + 1 + (place % 15),
  }))
  await street.mirrored(days.known + 15, others)
  await street.rescorer.run()
  const after = (await scoreOf(1, 1001)) as Scored
  expect(after.overdue).toBe(true)
  expect(segmentOf(after.recency_score, after.frequency_score)).not.toBe('Champions')
  expect(Number(after.value_minor)).toBeLessThan(Number(after.value_before))
  expect(after.reason[0]?.words).toMatch(/^silent for \d+ days longer$/)
  const change = Number(after.value_minor) - Number(after.value_before)
  const said = after.reason.reduce((sum, { minor }) => sum + minor, 0)
  expect(Math.abs(said - change)).toBeLessThanOrEqual(Math.abs(change) / 5)
})

test('S17, S20: a tier rises with predicted value, and falls only thirty days after its notice', async () => {
  await street.mirrored(days.known, [...shopLife(1, 60), ...daily])
  await street.rescorer.run()
  const tier = async () => {
    const sql = `SELECT tier, next, until_day FROM judged.tier WHERE shop = 1 AND member = decode($1, 'hex')`
    return (await street.rows<{ tier: number; next: number; until_day: number | null }>(sql, [memberHex(1001)]))[0]
  }
  expect(await tier()).toEqual({ tier: 3, next: 3, until_day: null })
  await street.mirrored(days.known + 45)
  await street.rescorer.run()
  const noticed = await tier()
  expect(noticed).toMatchObject({ tier: 3 })
  expect(noticed?.next).toBeLessThan(3)
  await street.mirrored(days.known + 74)
  await street.rescorer.run()
  expect((await tier())?.tier).toBe(3)
  await street.mirrored(days.known + 75)
  await street.rescorer.run()
  expect((await tier())?.tier).toBeLessThan(3)
})
