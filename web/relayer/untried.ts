import type pg from 'pg'
import type { Street } from './street.ts'
import { lastingNameOf, type Wishes } from './wishes.ts'

// Since when the node has refused even to try a wish is kept in the books: a relayer that is started again every half
// an hour would otherwise never give up, and whoever was promised something would never be told.

const nameIn = (wishes: Wishes): string => `${wishes.shop} ${lastingNameOf(wishes)}`

/** Since when the node has refused to try it, in milliseconds: from now on where it never did before. */
export async function untriedSince(street: Street, wishes: Wishes, now: number): Promise<number> {
  const known = await knownUntried(street)
  const { rows } = await street.database.query<{ since: Date }>({
    name: 'note untried',
    text: `INSERT INTO portal.untried AS u (shop, name, since) VALUES ($1, $2, $3)
      ON CONFLICT (shop, name) DO UPDATE SET since = u.since RETURNING u.since`,
    values: [wishes.shop, lastingNameOf(wishes), new Date(now)],
  })
  known.add(nameIn(wishes))
  return rows[0]?.since.getTime() ?? now
}

/** The node has tried these: should it refuse again one day, it is for the first time. */
export async function noteTried(street: Street, tried: readonly Wishes[]): Promise<void> {
  const known = await knownUntried(street)
  for (const wishes of tried.filter((one) => known.has(nameIn(one)))) {
    await forgetUntried(street.database, wishes)
    known.delete(nameIn(wishes))
  }
}

export async function forgetUntried(database: pg.ClientBase, wishes: Wishes): Promise<void> {
  await database.query({
    name: 'forget untried',
    text: 'DELETE FROM portal.untried WHERE shop = $1 AND name = $2',
    values: [wishes.shop, lastingNameOf(wishes)],
  })
}

/** Looked up once by whoever leads; what nobody waits for any more goes. */
async function knownUntried({ memory, database }: Street): Promise<Set<string>> {
  if (memory.untried !== null) return memory.untried
  await database.query(withoutWish)
  const { rows } = await database.query<{ shop: number; name: string }>('SELECT u.shop, u.name FROM portal.untried u')
  // Several parcels are tried at once: what the first has noted since is not forgotten again.
  memory.untried ??= new Set(rows.map(({ shop, name }) => `${shop} ${name}`))
  return memory.untried
}

const withoutWish = `DELETE FROM portal.untried u WHERE NOT EXISTS (
    SELECT FROM portal.intent i WHERE i.shop = u.shop AND i.key = u.name AND i.state = 'open')
  AND NOT EXISTS (SELECT FROM portal.till_batch b
    JOIN portal.intent i ON i.shop = b.shop AND i.till = b.till AND i.kind = 'purchase' AND i.state = 'open'
      AND i.sequence >= b.first_sequence AND i.sequence < b.first_sequence + b.count
    WHERE b.shop = u.shop AND u.name = 'batch:' || b.till || ':' || b.first_sequence)`
