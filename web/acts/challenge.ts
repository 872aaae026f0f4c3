import 'server-only'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { pool } from '#web/queries/database.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { read } from './wire.ts'

export const challengeRequest = z.object({ purpose: z.enum(['join', 'passkey', 'wallet', 'newKey', 'cashier']) })

export type ChallengePurpose = z.output<typeof challengeRequest>['purpose']

export interface Challenge {
  /** 32 bytes in base64url; for a wallet, whose sentence takes letters and digits only, in hexadecimal digits. */
  readonly challenge: string
  readonly expiresAt: Date
}

/** As long as a shopper may look for their finger, or for the wallet's window. */
const lastsSeconds = 300

/** A number nobody could foresee, for a passkey or a wallet to sign. */
export async function newChallenge(input: unknown, { now = new Date() } = {}): Promise<Challenge | Refusal> {
  const asked = read(challengeRequest, input)
  if (isRefusal(asked)) return asked
  const bytes = randomBytes(32)
  const expiresAt = new Date(now.getTime() + lastsSeconds * 1000)
  await pool().query({
    name: 'new challenge',
    text: `WITH over AS (DELETE FROM portal.challenge c WHERE c.expires_at < $4)
      INSERT INTO portal.challenge (challenge, purpose, expires_at) VALUES ($1, $2, $3)`,
    values: [bytes, asked.purpose, expiresAt, now],
  })
  return { challenge: bytes.toString(asked.purpose === 'wallet' ? 'hex' : 'base64url'), expiresAt }
}

/** Uses a challenge up, whatever comes of it then. A refusal where it was never given, is used or has run out. */
export async function spendChallenge(challenge: Buffer, purpose: ChallengePurpose, now: Date): Promise<Refusal | null> {
  const { rows } = await pool().query<{ inTime: boolean }>({
    name: 'spend challenge',
    text: `DELETE FROM portal.challenge c WHERE c.challenge = $1 AND c.purpose = $2
      RETURNING c.expires_at > $3 AS "inTime"`,
    values: [challenge, purpose, now],
  })
  return rows[0]?.inTime ? null : refuse('challengeSpent')
}
