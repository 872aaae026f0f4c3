import type pg from 'pg'
import { shopsTogether } from '#indexer/scoring/habits.ts'

/** Writes down, for each shop, which others its members visit as well: counted among those who are scored. */
export async function writeTogether(client: pg.ClientBase): Promise<void> {
  const { rows: sizes } = await client.query<{ shop: number; members: number }>(
    'SELECT s.shop, count(*)::int AS members FROM judged.score s GROUP BY s.shop',
  )
  const { rows: street } = await client.query<{ members: number }>(
    'SELECT count(DISTINCT s.member)::int AS members FROM judged.score s',
  )
  const { rows: pairs } = await client.query<{ shop: number; other: number; shared: number }>(
    `SELECT one.shop, two.shop AS other, count(*)::int AS shared
     FROM judged.score one JOIN judged.score two ON two.member = one.member AND two.shop <> one.shop
     GROUP BY one.shop, two.shop`,
  )
  const membersOf = new Map(sizes.map(({ shop, members }) => [shop, members]))
  const rowsOf = ({ shop, members }: { shop: number; members: number }) => {
    const others = pairs
      .filter((pair) => pair.shop === shop)
      .map(({ other, shared }) => ({ shop: other, members: membersOf.get(other) ?? 0, shared }))
    return shopsTogether(members, street[0]?.members ?? 0, others).map((found) => {
      return { shop, other: found.shop, members: found.members, lift_percent: found.liftPercent }
    })
  }
  await client.query('DELETE FROM judged.together')
  await client.query('INSERT INTO judged.together SELECT * FROM json_populate_recordset(null::judged.together, $1)', [
    JSON.stringify(sizes.flatMap(rowsOf)),
  ])
}
