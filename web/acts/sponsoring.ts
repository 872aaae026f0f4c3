import 'server-only'
import type pg from 'pg'
import { config } from '#web/queries/config.ts'
import { bytesOf } from '#web/queries/database.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Hex } from './wire.ts'

/** What the network is asked to pay for. */
export interface Sponsoring {
  /** Whose budget it is: the member's, or the guardian's who acts for another. */
  readonly whose: Hex
  /** The account that it is about. */
  readonly account: Hex
  /** The most gas it may take. */
  readonly gas: bigint
  /**
   * It takes back something that was paid for, and is never refused for a budget: whoever spent the day's gas with a
   * stolen key must not thereby keep the member from stopping them.
   */
  readonly undoes: boolean
  /** The account has to be deployed for it. */
  readonly deploys: boolean
}

/**
 * Counts gas that is about to be promised, by the most it may take, within the caller's transaction and before the
 * promise; a refusal where the day's budget of this member or of all does not carry it. Nothing is given back.
 */
export async function countGas(client: pg.PoolClient, asked: Sponsoring, now: Date): Promise<Refusal | null> {
  if (asked.deploys && !(await hadPoints(client, asked.account))) return refuse('noPointsYet')
  // One after the other in the whole network: two that race for the rest of a budget never both get it.
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('sponsored gas', 0))`)
  const day = now.toISOString().slice(0, 10)
  const { rows } = await client.query<{ member: bigint; network: bigint }>({
    name: 'gas sponsored today',
    text: `SELECT coalesce(sum(s.gas) FILTER (WHERE s.member = $1), 0)::bigint AS member,
        coalesce(sum(s.gas), 0)::bigint AS network
      FROM portal.sponsored s WHERE s.day = $2`,
    values: [bytesOf(asked.whose), day],
  })
  const { sponsoring } = config()
  const spent = rows[0] ?? { member: 0n, network: 0n }
  const retryAfter = Math.ceil((Date.parse(`${day}T00:00:00Z`) + 86_400_000 - now.getTime()) / 1000)
  if (!asked.undoes && spent.member + asked.gas > sponsoring.memberGasPerDay) {
    return refuse('memberBudget', { budget: sponsoring.memberGasPerDay, spent: spent.member, retryAfter })
  }
  if (!asked.undoes && spent.network + asked.gas > sponsoring.networkGasPerDay) {
    return refuse('networkBudget', { retryAfter })
  }
  await client.query({
    name: 'count sponsored gas',
    text: `INSERT INTO portal.sponsored (member, day, gas) VALUES ($1, $2, $3)
      ON CONFLICT (member, day) DO UPDATE SET gas = portal.sponsored.gas + excluded.gas`,
    values: [bytesOf(asked.whose), day, asked.gas],
  })
  return null
}

/** Anybody can make up a thousand accounts; one that never held a point has nothing to look after. */
async function hadPoints(client: pg.PoolClient, account: Hex): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'account had points',
    text: 'SELECT FROM ledger.movement m WHERE m.member = $1 LIMIT 1',
    values: [bytesOf(account)],
  })
  return (rowCount ?? 0) > 0
}
