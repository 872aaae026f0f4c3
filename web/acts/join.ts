import 'server-only'
import type pg from 'pg'
import { zeroAddress } from 'viem'
import { z } from 'zod'
import { memberAddress } from '#contracts/passkey.ts'
import { addressSql, bytesOf } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { spendChallenge } from './challenge.ts'
import { invitationCode } from './invitation.ts'
import { codeOfMember } from './member-profile.ts'
import { type CreatedPasskey, creationAnswer, readCreation } from './passkey-answer.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { beginSession, type OpenedSession } from './session.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read, shopNumber } from './wire.ts'

export const joinRequest = z.object({
  passkey: creationAnswer,
  /** The shop whose owner may begin a change of key one day; null: nobody. Part of the address, so for ever. */
  trustedShop: shopNumber.nullable(),
  /** What the till showed; null for who joins at home. */
  invitation: invitationCode.nullable(),
})

export interface Joined {
  readonly member: Hex
  readonly code: string
  /** Whether the till that asked for them now knows them. */
  readonly invited: boolean
}

/** How long a member may say no to a change of key that their guardian began. */
export const guardianDelaySeconds = 72 * 3600

/**
 * Makes a passkey an account: its address follows from its key and its guardian. Only a fresh one. A new passkey proves
 * nothing about who holds its key, and everybody's key can be read on the chain once they have paid.
 */
export async function join(
  input: unknown,
  { device, now = new Date() }: { readonly device: string; readonly now?: Date },
): Promise<{ readonly joined: Joined; readonly session: OpenedSession } | Refusal> {
  const request = read(joinRequest, input)
  if (isRefusal(request)) return request
  const passkey = readCreation(request.passkey)
  if (isRefusal(passkey)) return passkey
  const spent = await spendChallenge(passkey.challenge, 'join', now)
  if (spent) return spent
  return await inTransaction(async (client) => {
    const guardian = request.trustedShop === null ? null : await ownerOf(client, request.trustedShop)
    if (guardian !== null && typeof guardian === 'object') return guardian
    const recovery = { guardian: guardian ?? zeroAddress, delay: guardian === null ? 0 : guardianDelaySeconds }
    const member = memberAddress(network().contracts.accounts, { ...passkey.key, ...recovery }).toLowerCase() as Hex
    if (await isKnown(client, member, passkey)) return refuse('alreadyJoined')
    await keepPasskey(client, member, { passkey, ...recovery, device, now })
    const code = await codeOfMember(client, member, now)
    const invited = request.invitation !== null && (await comes(client, request.invitation, { member, now }))
    const entry = { account: member, person: { role: 'member', member }, way: 'passkey' } as const
    const session = await beginSession({ ...entry, credential: passkey.credentialId, device }, { now, client })
    return { joined: { member, code, invited }, session }
  })
}

async function ownerOf(client: pg.PoolClient, shop: number): Promise<Hex | Refusal> {
  const { rows } = await client.query<{ owner: Hex }>({
    name: 'owner of shop',
    text: `SELECT ${addressSql('s.owner')} AS owner FROM ledger.shop s WHERE s.shop = $1 AND s.points IS NOT NULL`,
    values: [shop],
  })
  return rows[0]?.owner ?? refuse('unknownShop', { shop })
}

/** One after the other for each passkey: twice the same answer is one account. */
async function isKnown(client: pg.PoolClient, member: Hex, { credentialId }: CreatedPasskey): Promise<boolean> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `passkey ${credentialId.toString('hex')}`,
  ])
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`join ${member}`])
  const { rows } = await client.query<{ known: boolean }>({
    name: 'account known',
    text: `SELECT EXISTS (SELECT FROM portal.credential c WHERE c.credential_id = $2)
      OR EXISTS (SELECT FROM portal.credential c WHERE c.member = $1)
      OR EXISTS (SELECT FROM portal.member_profile p WHERE p.member = $1)
      OR EXISTS (SELECT FROM portal.intent i WHERE i.member = $1)
      OR EXISTS (SELECT FROM ledger.movement m WHERE m.member = $1)
      OR EXISTS (SELECT FROM ledger.balance b WHERE b.member = $1) AS known`,
    values: [bytesOf(member), credentialId],
  })
  return rows[0]?.known ?? true
}

async function keepPasskey(
  client: pg.PoolClient,
  member: Hex,
  kept: {
    readonly passkey: CreatedPasskey
    readonly guardian: Hex
    readonly delay: number
    readonly device: string
    readonly now: Date
  },
): Promise<void> {
  const { passkey, guardian, delay, device, now } = kept
  const { x, y } = passkey.key
  const guarded = guardian === zeroAddress ? null : bytesOf(guardian)
  await client.query({
    name: 'keep passkey',
    text: `INSERT INTO portal.credential (member, credential_id, x, y, guardian, delay_seconds, user_handle, created_at,
        used_at, first, words)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, true, $9)`,
    // The challenge names its user: a device hands it back at every sign-in.
    values: [
      ...[bytesOf(member), passkey.credentialId, bytesOf(x), bytesOf(y), guarded, delay],
      ...[passkey.challenge, now, device],
    ],
  })
}

/** The till that waits learns who came. One that waits no longer, or for whom somebody came, gets nobody. */
async function comes(
  client: pg.PoolClient,
  code: string,
  { member, now }: { readonly member: Hex; readonly now: Date },
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'invitation taken',
    text: `UPDATE portal.invitation SET member = $2 WHERE code = $1 AND member IS NULL AND expires_at > $3`,
    values: [code, bytesOf(member), now],
  })
  return rowCount === 1
}
