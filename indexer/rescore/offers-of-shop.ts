import type pg from 'pg'
import type { Basket } from '#indexer/scoring/going-together.ts'
import { habitsOf } from '#indexer/scoring/habits.ts'
import type { OffersCard } from '#indexer/scoring/model-card.ts'
import { type MultiplierBounds, multiplierBounds } from '#indexer/scoring/multipliers.ts'
import { decideOffers, type OfferTrial, type Taking, tryOffers } from '#indexer/scoring/offer-trial.ts'
import { type OfferMember, type ShopOffers, shopOffers } from '#indexer/scoring/offers.ts'
import { policy } from '#indexer/scoring/policy.ts'
import type { Arm } from '#indexer/scoring/reward-choice.ts'
import { policyOn } from './policy-in-force.ts'
import type { Watermark } from './watermark.ts'
import type { Judged } from './written.ts'

/** What a shop's proposals are made from beside its scores. */
interface ShopTakings {
  readonly takings: readonly Taking[]
  readonly habits: readonly (readonly string[])[]
}

interface At {
  readonly timeZone: string
  readonly watermark: Watermark
}

/** Payments for a reward; what was wholly refunded was not taken. */
const takingsSql = `SELECT p.shop, encode(p.member, 'hex') AS member, p.purpose::int AS reward,
    (b.time AT TIME ZONE $1)::date - DATE '1970-01-01' AS day
  FROM ledger.payment p JOIN ledger.block b ON b.number = p.block_number
  WHERE p.purpose BETWEEN 1 AND 2147483647 AND p.points > coalesce((SELECT sum(r.points)
    FROM ledger.refund r WHERE r.shop = p.shop AND r.till = p.till AND r.sequence = p.sequence), 0)`

interface TakingRow {
  readonly shop: number
  readonly member: string
  readonly reward: number
  readonly day: number
}

/** Which of the members who are scored took which reward on which day. */
async function takingsOf(client: pg.ClientBase, judged: Judged, at: At): Promise<ShopTakings> {
  const { shop, visits } = judged.visited
  const places = new Map(visits.map(({ member }, place) => [member, place] as const))
  const { rows } = await client.query<TakingRow>({
    name: 'rewards taken at a shop',
    text: `${takingsSql} AND p.shop = $2 ORDER BY p.till, p.sequence`,
    values: [at.timeZone, shop],
  })
  const takings = rows.flatMap(({ member, reward, day }): Taking[] => {
    const place = places.get(`0x${member}`)
    return place === undefined ? [] : [{ member: place, reward, day }]
  })
  return { takings, habits: visits.map(({ member }) => habitsOf(judged.usual.get(member))) }
}

/**
 * Tries both ways of naming the next reward on the whole street, shop by shop: the time in which a proposal can be
 * taken up is held back. Of members who want not to be known nothing is read.
 */
export async function tryOnStreet(client: pg.ClientBase, { timeZone, watermark }: At): Promise<OfferTrial | null> {
  const { rows } = await client.query<TakingRow>(
    `${takingsSql} AND NOT EXISTS (SELECT FROM portal.consent c
       WHERE c.member = p.member AND c.purpose = 'personalisation' AND NOT c.given)
     ORDER BY p.shop, p.member, day, reward`,
    [timeZone],
  )
  const byShop = new Map<number, TakingRow[]>()
  for (const row of rows) {
    const own = byShop.get(row.shop)
    if (own === undefined) byShop.set(row.shop, [row])
    else own.push(row)
  }
  const parts = [...byShop].map(([shop, own]) => {
    const names = [...new Set(own.map(({ member }) => member))]
    const members = new Map(names.map((member, place) => [member, place] as const))
    const takings = own.map(({ member, reward, day }) => ({ member: members.get(member) as number, reward, day }))
    const end = watermark.day - policy.proposalDays
    return tryOffers(takings, { members: members.size, end, name: `offers of shop ${shop}` })
  })
  return decideOffers(parts)
}

const rowsAtOnce = 5_000

/** Writes down what is proposed to a shop's members, and whose points are to be multiplied. */
export async function writeOffers(
  client: pg.ClientBase,
  judged: Judged,
  of: { readonly way: 'counting' | 'factors'; readonly at: At },
): Promise<OffersCard> {
  const { shop } = judged.visited
  await dropUnscored(client, shop)
  const offered = await offersFor(client, judged, { ...of, taken: await takingsOf(client, judged, of.at) })
  const day = judged.watermarkDay
  await insert(
    client,
    'offer',
    offered.proposals.map((one) => ({
      ...{ shop, member: bytea(one.member), day, reward: one.reward, propensity_ppm: one.propensityPpm, way: one.way },
      ...{ next_best: one.nextBest, because: one.because, taken_anyway: one.takenAnyway, of_members: one.ofMembers },
    })),
  )
  const changes = offered.changes.map(({ member, ...change }) => ({ shop, member: bytea(member), day, ...change }))
  await insert(client, 'multiplier', changes)
  return offered.card
}

/** Whoever is no longer scored, for whatever reason, is proposed nothing and leaves no trace. */
async function dropUnscored(client: pg.ClientBase, shop: number): Promise<void> {
  for (const table of ['offer', 'multiplier']) {
    await client.query(
      `DELETE FROM judged.${table} o WHERE o.shop = $1
         AND NOT EXISTS (SELECT FROM judged.score s WHERE s.shop = o.shop AND s.member = o.member)`,
      [shop],
    )
  }
}

async function offersFor(
  client: pg.ClientBase,
  judged: Judged,
  { taken, way, at }: { readonly taken: ShopTakings; readonly way: 'counting' | 'factors'; readonly at: At },
): Promise<ShopOffers> {
  const { shop } = judged.visited
  const day = judged.watermarkDay
  const { rows: rewards } = await client.query<{ reward: number; points: string }>(
    'SELECT r.reward, r.points FROM portal.reward r WHERE r.shop = $1 AND r.active AND r.points > 0 ORDER BY r.reward',
    [shop],
  )
  const made = await proposalsMade(client, shop)
  return shopOffers(await membersFor(client, judged, { taken, made, watermark: at.watermark }), {
    ...{ shop, day, way },
    rewards: rewards.map(({ reward, points }) => ({ reward, points: BigInt(points) })),
    arms: armsOf(made, judged, taken),
    bounds: await boundsOf(client, shop, at.watermark),
  })
}

interface Made {
  readonly member: string
  readonly reward: number
  readonly day: number
}

async function proposalsMade(client: pg.ClientBase, shop: number): Promise<Made[]> {
  const { rows } = await client.query<Made>(
    `SELECT '0x' || encode(o.member, 'hex') AS member, o.reward, o.day FROM judged.offer o
     WHERE o.shop = $1 ORDER BY o.day, o.member`,
    [shop],
  )
  return rows
}

/** How proposals went: taken up within 28 days, or their time is over. What is still open says nothing. */
function armsOf(made: readonly Made[], judged: Judged, { takings }: ShopTakings): Arm[] {
  const taken = new Map<string, number[]>()
  for (const { member, reward, day } of takings) {
    const key = `${judged.visited.visits[member]?.member} ${reward}`
    taken.set(key, [...(taken.get(key) ?? []), day])
  }
  const arms = new Map<number, { proposed: number; taken: number }>()
  for (const { member, reward, day } of made) {
    const days = taken.get(`${member} ${reward}`) ?? []
    const up = days.some((one) => one > day && one <= day + policy.proposalDays)
    if (!up && judged.watermarkDay - day < policy.proposalDays) continue
    const arm = arms.get(reward) ?? { proposed: 0, taken: 0 }
    arms.set(reward, { proposed: arm.proposed + 1, taken: arm.taken + (up ? 1 : 0) })
  }
  return [...arms].map(([reward, arm]) => ({ reward, ...arm }))
}

async function membersFor(
  client: pg.ClientBase,
  judged: Judged,
  of: { readonly taken: ShopTakings; readonly made: readonly Made[]; readonly watermark: Watermark },
): Promise<OfferMember[]> {
  const { shop, visits } = judged.visited
  const points = await livePoints(client, shop, of.watermark)
  const held = await heldMultipliers(client, shop)
  const last = new Map(of.made.map(({ member, day }) => [member, day] as const))
  const own = visits.map(() => new Map<number, number>())
  for (const { member, reward, day } of of.taken.takings) {
    const days = own[member]
    days?.set(reward, Math.max(day, days.get(reward) ?? day))
  }
  return visits.map(({ member }, place): OfferMember => {
    const mine = own[place] ?? new Map<number, number>()
    const basket: Basket = {
      rewards: [...mine.keys()].sort((one, other) => one - other),
      habits: of.taken.habits[place] ?? [],
    }
    const resting = basket.rewards.filter((one) => judged.watermarkDay - (mine.get(one) as number) < policy.restDays)
    const judgement = judged.judgements[place]
    const expected = judgement?.expected
    const facts = expected ? { ...expected, engagement: judgement?.engagement ?? 0 } : null
    const multiplier = held.get(member)
    return {
      member,
      basket,
      resting,
      points: points.get(member) ?? 0n,
      lastProposalDay: last.get(member),
      facts,
      multiplier,
    }
  })
}

/** Live points of any shop, since every shop takes them: each token's lanes at its own running quarter (N-3). */
async function livePoints(client: pg.ClientBase, shop: number, { time }: Watermark): Promise<Map<string, bigint>> {
  const quarter = '(t.quarter + CASE WHEN t.ends_at <= $2 THEN 1 ELSE 0 END)'
  const lane = (age: number) => `CASE WHEN ${quarter} - b.stamp <= ${4 - age} THEN b.lane${age} ELSE 0 END`
  const { rows } = await client.query<{ member: string; points: string }>({
    name: 'live points of members',
    text: `SELECT '0x' || encode(b.member, 'hex') AS member,
        sum(${[0, 1, 2, 3, 4].map(lane).join(' + ')})::text AS points
      FROM ledger.balance b JOIN ledger.points_token t ON t.shop = b.shop
      WHERE b.member IN (SELECT s.member FROM judged.score s WHERE s.shop = $1) GROUP BY b.member`,
    values: [shop, time],
  })
  return new Map(rows.map(({ member, points }) => [member, BigInt(points)]))
}

async function heldMultipliers(client: pg.ClientBase, shop: number) {
  const { rows } = await client.query<{ member: string; percent: number; day: number }>(
    `SELECT DISTINCT ON (m.member) '0x' || encode(m.member, 'hex') AS member, m.percent, m.day
     FROM judged.multiplier m WHERE m.shop = $1 ORDER BY m.member, m.day DESC`,
    [shop],
  )
  return new Map(rows.map(({ member, percent, day }) => [member, { percent, sinceDay: day }]))
}

/** By the board's policy, the shop's limit for one receipt, and what a purchase brought in the last half year. */
async function boundsOf(client: pg.ClientBase, shop: number, { day, time }: Watermark): Promise<MultiplierBounds> {
  const { rows } = await client.query<{ receipt_limit: string | null; usual: string | null }>(
    `SELECT (SELECT s.receipt_limit FROM ledger.shop s WHERE s.shop = $1) AS receipt_limit,
       (SELECT ceil(avg(p.points))::bigint FROM ledger.purchase p
         WHERE p.shop = $1 AND p.sold_at > $2::timestamptz - interval '182 days') AS usual`,
    [shop, time],
  )
  const { receipt_limit: limit = null, usual = null } = rows[0] ?? {}
  const receipt = limit === null ? undefined : { limit: BigInt(limit), usual: BigInt(usual ?? 0) }
  return multiplierBounds(await policyOn(client, day), receipt)
}

const bytea = (member: string): string => `\\x${member.slice(2)}`

async function insert(client: pg.ClientBase, table: 'offer' | 'multiplier', rows: readonly object[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await client.query(`INSERT INTO judged.${table} SELECT * FROM json_populate_recordset(null::judged.${table}, $1)`, [
      JSON.stringify(rows.slice(from, from + rowsAtOnce)),
    ])
  }
}
