import 'server-only'
import { z } from 'zod'
import { addressSql, bytesOf } from '#web/queries/database.ts'
import { beginShift, type Shift } from './cashiers.ts'
import { spendChallenge } from './challenge.ts'
import {
  assertionAnswer,
  creationAnswer,
  type PublicKey,
  readAssertion,
  readCreation,
  signedBy,
} from './passkey-answer.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { actingTill } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { read, shopNumber, tillNumber } from './wire.ts'

// A cashier's own passkey in place of a PIN. It opens shifts at the shop's tills, and nothing else.

const place = { shop: shopNumber, till: tillNumber }
const keeping = z.object({ ...place, passkey: creationAnswer })
const entering = z.object({ ...place, passkey: assertionAnswer })

const mostPasskeys = 10

/** Whoever is at the till keeps a passkey for next time. */
export async function keepCashierPasskey(
  input: unknown,
  { cashier, now = new Date() }: { readonly cashier: number | null; readonly now?: Date },
): Promise<{ readonly kept: true } | Refusal> {
  const asked = read(keeping, input)
  if (isRefusal(asked)) return asked
  const { shop, till } = asked
  if (cashier === null) return refuse('shiftNeeded', { shop, till })
  const passkey = readCreation(asked.passkey)
  if (isRefusal(passkey)) return passkey
  const spent = await spendChallenge(passkey.challenge, 'cashier', now)
  if (spent) return spent
  const { x, y } = passkey.key
  return await inTransaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`cashier ${shop} ${cashier}`])
    const { rowCount } = await client.query({
      name: 'keep cashier passkey',
      text: `INSERT INTO portal.cashier_passkey (shop, credential_id, cashier, x, y, created_at)
        SELECT $1, $2, $3, $4, $5, $6
        WHERE (SELECT count(*) FROM portal.cashier_passkey p WHERE p.shop = $1 AND p.cashier = $3) < ${mostPasskeys}
        ON CONFLICT DO NOTHING`,
      values: [shop, passkey.credentialId, cashier, bytesOf(x), bytesOf(y), now],
    })
    return rowCount === 1 ? { kept: true } : refuse('unusablePasskey', { most: mostPasskeys })
  })
}

interface KeptPasskey extends PublicKey {
  readonly cashier: number
  readonly name: string
}

/** A cashier signs in at a till by a passkey, which says itself whose it is. */
export async function openShiftByPasskey(input: unknown, { now = new Date() } = {}): Promise<Shift | Refusal> {
  const asked = read(entering, input)
  if (isRefusal(asked)) return asked
  const { shop, till, passkey } = asked
  const seen = readAssertion(passkey)
  if (isRefusal(seen)) return seen
  const spent = await spendChallenge(seen.challenge, 'cashier', now)
  if (spent) return spent
  return await inTransaction(async (client) => {
    const acting = await actingTill(client, shop, till)
    if (isRefusal(acting)) return acting
    const { rows } = await client.query<KeptPasskey>({
      name: 'cashier by passkey',
      text: `SELECT p.cashier, c.name, ${addressSql('p.x')} AS x, ${addressSql('p.y')} AS y
        FROM portal.cashier_passkey p JOIN portal.cashier c ON c.shop = p.shop AND c.cashier = p.cashier AND c.active
        WHERE p.shop = $1 AND p.credential_id = $2`,
      values: [shop, passkey.id],
    })
    const [held] = rows
    if (!held) return refuse('unknownPasskey')
    if (!signedBy(held, passkey)) return refuse('badPasskey')
    return await beginShift(client, { shop, till, cashier: held.cashier, name: held.name, now })
  })
}
