import 'server-only'
import type pg from 'pg'
import { keccak256 } from 'viem'
import { bytesOf } from '#web/queries/database.ts'
import type { Hex } from './wire.ts'

const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const tries = 6

/** The code a member says at a till; made when they first come in. A name they are not asked for. */
export async function codeOfMember(client: pg.PoolClient, member: Hex, now: Date): Promise<string> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', ['member codes'])
  const known = await client.query<{ code: string }>({
    name: 'code of member',
    text: 'SELECT p.code FROM portal.member_profile p WHERE p.member = $1',
    values: [bytesOf(member)],
  })
  if (known.rows[0]) return known.rows[0].code
  const code = await freeCode(client, member)
  await client.query({
    name: 'keep profile',
    text: 'INSERT INTO portal.member_profile (member, display_name, code, created_at) VALUES ($1, NULL, $2, $3)',
    values: [bytesOf(member), code, now],
  })
  return code
}

/** A code that neither a member nor a card has. The caller holds the lock of the codes. */
export async function freeCode(client: pg.PoolClient, account: Hex): Promise<string> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const code = foundCode(account, attempt)
    const { rows } = await client.query<{ taken: boolean }>({
      name: 'code taken',
      text: `SELECT EXISTS (SELECT FROM portal.member_profile p WHERE p.code = $1)
        OR EXISTS (SELECT FROM portal.card c WHERE c.code = $1) AS taken`,
      values: [code],
    })
    if (rows[0]?.taken === false) return code
  }
  throw new Error(`every code of ${account} is somebody else's`)
}

/**
 * Seven signs of the account’s hash that cannot be misheard for one another; where they are taken already, the next
 * seven.
 */
function foundCode(member: Hex, attempt: number): string {
  const bits = BigInt(keccak256(member))
  return Array.from({ length: 7 }, (_, place) => {
    return signs[Number((bits >> BigInt(251 - 5 * (place + 7 * attempt))) & 31n)]
  }).join('')
}
