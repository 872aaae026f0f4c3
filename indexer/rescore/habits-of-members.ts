import type pg from 'pg'
import { type UsualTime, usualTime } from '#indexer/scoring/habits.ts'
import type { Beside } from '#indexer/scoring/judgement.ts'
import type { Watermark } from './watermark.ts'

/** What members of a shop did beside buying there, and when they come. Members who said no are not asked for. */
export interface Habits {
  readonly beside: ReadonlyMap<string, Beside>
  readonly usual: ReadonlyMap<string, UsualTime>
}

const halfYear = `interval '182 days'`

export async function readHabits(
  client: pg.ClientBase,
  at: { readonly shop: number; readonly timeZone: string; readonly watermark: Watermark },
): Promise<Habits> {
  const { shop, timeZone, watermark } = at
  const payments = await counted(client, {
    name: 'payments of members',
    text: `SELECT encode(p.member, 'hex') AS member, count(*)::int AS count
      FROM ledger.payment p JOIN ledger.block b ON b.number = p.block_number
      WHERE p.shop = $1 AND b.time > $2::timestamptz - ${halfYear} GROUP BY p.member`,
    values: [shop, watermark.time],
  })
  const otherShops = await counted(client, {
    name: 'other shops of members',
    text: `SELECT encode(p.member, 'hex') AS member, count(DISTINCT p.shop)::int AS count
      FROM ledger.purchase p WHERE p.shop <> $1 AND p.sold_at > $2::timestamptz - ${halfYear}
        AND p.member IN (SELECT o.member FROM ledger.purchase o WHERE o.shop = $1) GROUP BY p.member`,
    values: [shop, watermark.time],
  })
  const members = new Set([...payments.keys(), ...otherShops.keys()])
  const beside = new Map(
    [...members].map((member) => {
      return [member, { payments: payments.get(member) ?? 0, otherShops: otherShops.get(member) ?? 0 }] as const
    }),
  )
  return { beside, usual: await usualTimes(client, shop, timeZone) }
}

async function counted(client: pg.ClientBase, question: pg.QueryConfig): Promise<Map<string, number>> {
  const { rows } = await client.query<{ member: string; count: number }>(question)
  return new Map(rows.map((row) => [`0x${row.member}`, row.count]))
}

async function usualTimes(client: pg.ClientBase, shop: number, timeZone: string): Promise<Map<string, UsualTime>> {
  const { rows } = await client.query<{ member: string; hour: number; count: number; weekend: number }>({
    name: 'hours of members',
    text: `SELECT encode(p.member, 'hex') AS member, extract(hour FROM p.sold_at AT TIME ZONE $2)::int AS hour,
        count(*)::int AS count,
        count(*) FILTER (WHERE extract(isodow FROM p.sold_at AT TIME ZONE $2) > 5)::int AS weekend
      FROM ledger.purchase p WHERE p.shop = $1 GROUP BY p.member, hour`,
    values: [shop, timeZone],
  })
  const found = new Map<string, { hours: number[]; weekend: number }>()
  for (const row of rows) {
    const entry = found.get(row.member) ?? { hours: Array<number>(24).fill(0), weekend: 0 }
    entry.hours[row.hour] = row.count
    entry.weekend += row.weekend
    found.set(row.member, entry)
  }
  return new Map([...found].map(([member, { hours, weekend }]) => [`0x${member}`, usualTime(hours, weekend)]))
}
