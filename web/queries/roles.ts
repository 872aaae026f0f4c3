import 'server-only'
import { type Ask, ask as askPool, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'

/** What the chain says an account is on this street. Everybody is a member who holds points, and anybody may audit. */
export interface Roles {
  /** Shops it owns; with a seat on the board where the shop is active (N-22). */
  readonly shops: readonly { readonly shop: number; readonly board: boolean }[]
  readonly tills: readonly { readonly shop: number; readonly till: number }[]
}

const active = 2

const owned: Question = {
  name: 'shops of account',
  text: `SELECT s.shop, s.status = ${active} AS board FROM ledger.shop s WHERE s.owner = $1 ORDER BY s.shop`,
}
const stoodAt: Question = {
  name: 'tills of account',
  text: 'SELECT t.shop, t.till FROM ledger.till t WHERE t.key = $1 ORDER BY t.shop, t.till',
}

export async function rolesOf(account: Address, ask: Ask = askPool): Promise<Roles> {
  const [shops, tills] = await Promise.all([
    ask<Roles['shops'][number]>(owned, [bytesOf(account)]),
    ask<Roles['tills'][number]>(stoodAt, [bytesOf(account)]),
  ])
  return { shops, tills }
}
