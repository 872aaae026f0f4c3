import 'server-only'
import { z } from 'zod'
import { agreesSql } from '#web/queries/account-facts.ts'
import { addressSql, bytesOf, pool } from '#web/queries/database.ts'
import { chain } from './chain.ts'
import { spendChallenge } from './challenge.ts'
import { entryPlace, personAs } from './entry-place.ts'
import { type AssertionAnswer, assertionAnswer, type PublicKey, readAssertion, signedBy } from './passkey-answer.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { beginSession, type OpenedSession, type Person } from './session.ts'
import { type Hex, read } from './wire.ts'

export const passkeyEntry = z.object({ passkey: assertionAnswer, as: entryPlace.default({ role: 'member' }) })

const signers = [
  {
    type: 'function',
    name: 'isSigner',
    stateMutability: 'view',
    inputs: [{ type: 'bytes32' }, { type: 'bytes32' }],
    outputs: [{ type: 'bool' }],
  },
] as const

/**
 * Lets somebody in by any passkey of theirs; it says itself which one it is. As a member, or as the owner of a shop
 * that the chain says is their account's.
 */
export async function signInByPasskey(
  input: unknown,
  { device, now = new Date() }: { readonly device: string; readonly now?: Date },
): Promise<{ readonly person: Person; readonly session: OpenedSession } | Refusal> {
  const request = read(passkeyEntry, input)
  if (isRefusal(request)) return request
  const answer = request.passkey
  const seen = readAssertion(answer)
  if (isRefusal(seen)) return seen
  const spent = await spendChallenge(seen.challenge, 'passkey', now)
  if (spent) return spent
  const known = await passkeysCalled(answer.id)
  if (known.length === 0) return refuse('unknownPasskey')
  const held = known.find((one) => handleFits(one, answer) && signedBy(one, answer))
  if (!held) return refuse('badPasskey')
  // By the mirror, as everywhere; and by the chain itself, which knows a removal first.
  if (!held.agrees || !(await stillSigns(held))) return refuse('passkeyRemoved')
  const person = await personAs(held.account, request.as)
  if (isRefusal(person)) return person
  await pool().query({
    name: 'passkey used',
    text: 'UPDATE portal.credential SET used_at = $3 WHERE member = $1 AND credential_id = $2',
    values: [bytesOf(held.account), answer.id, now],
  })
  const entry = { account: held.account, person, way: 'passkey' } as const
  return { person, session: await beginSession({ ...entry, credential: answer.id, device }, { now }) }
}

interface KeptPasskey extends PublicKey {
  readonly account: Hex
  readonly userHandle: Buffer
  /** Whether it agrees for the account at present. */
  readonly agrees: boolean
}

/** Its own name for itself is a passkey's to choose; of several the signature decides. */
async function passkeysCalled(credentialId: Buffer): Promise<readonly KeptPasskey[]> {
  const { rows } = await pool().query<KeptPasskey>({
    name: 'passkeys called',
    text: `SELECT ${addressSql('c.member')} AS account, ${addressSql('c.x')} AS x, ${addressSql('c.y')} AS y,
        c.user_handle AS "userHandle", ${agreesSql('c')} AS agrees
      FROM portal.credential c WHERE c.credential_id = $1`,
    values: [credentialId],
  })
  return rows
}

const handleFits = ({ userHandle }: KeptPasskey, { response }: AssertionAnswer): boolean =>
  response.userHandle === null || response.userHandle === undefined || userHandle.equals(response.userHandle)

/** Once an account stands on the chain it says itself who signs for it; a key that was taken off opens nothing here. */
async function stillSigns({ account, x, y }: KeptPasskey): Promise<boolean> {
  const code = await chain().getCode({ address: account })
  if (code === undefined || code === '0x') return true
  return await chain().readContract({ address: account, abi: signers, functionName: 'isSigner', args: [x, y] })
}
