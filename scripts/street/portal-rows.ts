import type pg from 'pg'
import type { Address } from 'viem'
import { type DiaryDay, issuedByShop } from './habits.ts'
import { addressOfKey, memberCode } from './keys.ts'
import type { StreetKeys } from './opening.ts'
import { chanceFrom } from './random.ts'
import { auditorName, memberNames, pastSales, streetShops } from './shops.ts'
import { bytesOf } from './submissions.ts'

const timeZone = 'Europe/Berlin'

/** Units of money each shop locks: what it will have issued, with room for as much again, in whole tens of euros. */
export function depositsFor(diary: readonly DiaryDay[], parPerHundredth: bigint): Map<number, bigint> {
  const ten = 10_000_000n
  const deposits = new Map<number, bigint>()
  for (const [place, shop] of streetShops.entries()) {
    const issued = (issuedByShop(diary).get(place + 1) ?? 0n) * parPerHundredth
    const wanted = issued * 2n + 5n * ten
    deposits.set(place + 1, shop.isCharity ? 0n : ((wanted + ten - 1n) / ten) * ten)
  }
  return deposits
}

/** What the portal knows of the street beside the chain: names, trades, prices, consents. */
export async function writePortalRows(
  db: pg.PoolClient,
  options: {
    readonly keys: StreetKeys
    readonly diary: readonly DiaryDay[]
    readonly seed: string
    readonly since: Date
  },
): Promise<void> {
  for (const [place, shop] of streetShops.entries()) {
    await writeShopProfile(db, { shop: place + 1, ...shop })
    for (const [till, { name, cashier }] of shop.tills.entries()) {
      await writeTillProfile(db, { shop: place + 1, till: till + 1, name, cashier })
    }
    if (place + 1 === pastSales.shop) {
      await writeTillProfile(db, { shop: place + 1, till: pastSales.till, name: 'Past sales', cashier: '' })
    }
    for (const [number, reward] of shop.rewards.entries()) {
      await db.query(
        'INSERT INTO portal.reward (shop, reward, title, detail, points, active) VALUES ($1,$2,$3,$4,$5,true)',
        [...[place + 1, number + 1, reward.title, reward.detail, reward.points]],
      )
    }
  }
  const joined = firstSeen(options.diary)
  const chance = chanceFrom(`${options.seed} consents`)
  for (const [member, name] of memberNames.entries()) {
    const key = options.keys.members[member]
    if (key === undefined) throw new Error(`${name} has no key`)
    const since = new Date((joined.get(member) ?? options.since.getTime() / 1000) * 1000)
    const consents = { greeting: chance.happens(0.85), personalisation: chance.happens(0.7) }
    await writeMember(db, { address: addressOfKey(key), name, since, consents })
  }
}

function firstSeen(diary: readonly DiaryDay[]): Map<number, number> {
  const seen = new Map<number, number>()
  for (const sale of diary.flatMap((day) => day.sales)) {
    if (!seen.has(sale.member)) seen.set(sale.member, sale.soldAt)
  }
  return seen
}

export interface ShopProfile {
  readonly shop: number
  readonly name: string
  readonly trade: string
  readonly street: string
  readonly hue: number
  readonly earnRate: number
  readonly isCharity: boolean
}

export async function writeShopProfile(db: pg.Pool | pg.PoolClient, profile: ShopProfile): Promise<void> {
  const { shop, name, trade, street, hue, earnRate, isCharity } = profile
  await db.query(
    `INSERT INTO portal.shop_profile (shop, name, trade, street, hue, earn_rate, time_zone, is_charity)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (shop) DO NOTHING`,
    [shop, name, trade, street, hue, earnRate, timeZone, isCharity],
  )
}

export async function writeTillProfile(
  db: pg.Pool | pg.PoolClient,
  profile: { readonly shop: number; readonly till: number; readonly name: string; readonly cashier: string },
): Promise<void> {
  await db.query(
    `INSERT INTO portal.till_profile (shop, till, name, cashier) VALUES ($1, $2, $3, $4)
     ON CONFLICT (shop, till) DO NOTHING`,
    [profile.shop, profile.till, profile.name, profile.cashier],
  )
}

interface NewMember {
  readonly address: Address
  readonly name: string
  readonly since: Date
  readonly consents: { readonly greeting: boolean; readonly personalisation: boolean }
}

async function writeMember(db: pg.PoolClient, member: NewMember): Promise<void> {
  await db.query('INSERT INTO portal.member_profile (member, display_name, code, created_at) VALUES ($1, $2, $3, $4)', [
    bytesOf(member.address),
    member.name,
    memberCode(member.address),
    member.since,
  ])
  for (const [purpose, given] of Object.entries(member.consents)) {
    await db.query('INSERT INTO portal.consent (member, purpose, given, decided_at) VALUES ($1, $2, $3, $4)', [
      bytesOf(member.address),
      purpose,
      given,
      member.since,
    ])
  }
}

/** What DEMO_PEOPLE_FILE holds: the keys that the demo people's browsers sign with. */
export function demoPeople(keys: StreetKeys) {
  return {
    members: keys.members.map((privateKey, place) => {
      return { name: memberNames[place], address: addressOfKey(privateKey), privateKey }
    }),
    tills: keys.tills.flatMap((row, place) =>
      row.map((privateKey, till) => {
        return { shop: place + 1, till: till + 1, cashier: streetShops[place]?.tills[till]?.cashier, privateKey }
      }),
    ),
    owners: keys.owners.map((privateKey, place) => {
      return { shop: place + 1, name: streetShops[place]?.owner, address: addressOfKey(privateKey), privateKey }
    }),
    imports: [{ shop: pastSales.shop, till: pastSales.till, privateKey: keys.pastSales }],
    auditor: { name: auditorName },
    ...officers(keys),
  }
}

/** Whose keys reach no browser: the founders', in the board's place, and the guardian's. */
const officers = (keys: StreetKeys) => ({
  board: { privateKey: keys.board },
  guardian: { privateKey: keys.guardian },
})

/** The same file for a street on which nobody lives yet. */
export function noPeople(keys: StreetKeys) {
  return { members: [], tills: [], owners: [], imports: [], auditor: { name: auditorName }, ...officers(keys) }
}
