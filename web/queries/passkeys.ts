import 'server-only'
import { agreesSql } from './account-facts.ts'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'

/** What a page must know to have a member sign with the passkeys that agree at present. Nothing of it is secret. */
export interface AccountPasskeys {
  readonly passkeys: readonly { readonly id: string; readonly x: Address; readonly y: Address }[]
  /** null: nobody. */
  readonly guardian: Address | null
  readonly delaySeconds: number
}

interface Row {
  credential_id: Buffer
  x: Address
  y: Address
  guardian: Address | null
  delay_seconds: bigint
}

const passkeys: Question = {
  name: 'passkeys of account',
  text: `SELECT c.credential_id, ${addressSql('c.x')} AS x, ${addressSql('c.y')} AS y,
      ${addressSql('c.guardian')} AS guardian, c.delay_seconds
    FROM portal.credential c WHERE c.member = $1 AND ${agreesSql('c')} ORDER BY c.created_at, c.credential_id`,
}

/** null for an account that no passkey belongs to. */
export async function passkeysOf(account: Address, ask: Ask = askPool): Promise<AccountPasskeys | null> {
  const rows = await ask<Row>(passkeys, [bytesOf(account)])
  const [first] = rows
  if (!first) return null
  return {
    passkeys: rows.map(({ credential_id, x, y }) => ({ id: credential_id.toString('base64url'), x, y })),
    guardian: first.guardian,
    delaySeconds: Number(first.delay_seconds),
  }
}
