import 'server-only'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question } from './database.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** A payment for which goods were handed over, and which the chain then refused (N-27). */
export interface Unpaid {
  /** Its natural name, such as payment:1:42. */
  readonly key: string
  readonly till: number
  readonly sequence: bigint
  readonly member: Address
  readonly memberName: string
  readonly points: bigint
  readonly at: Date
  /** Why the chain refused it. */
  readonly code: string
}

/**
 * SQL for whether a member still owes what an intent was for. Where the till was told to wait until it is final,
 * nothing was handed over and nothing is owed. `i` names a row of portal.intent.
 */
export function owedSql(i: string): string {
  return `(${i}.kind = 'payment' AND ${i}.state = 'refused' AND ${i}.payload->>'waits' IS NULL
    AND NOT EXISTS (SELECT FROM portal.made_good g WHERE g.shop = ${i}.shop AND g.key = ${i}.key))`
}

const most = 50

const columns = `SELECT i.key, i.till, i.sequence, ${addressSql('i.member')} AS member, greeted.display_name, i.points,
      i.created_at AS at, i.refused AS code
    FROM portal.intent i ${greetingNameSql('greeted', 'i.member')}
    WHERE i.shop = $1 AND i.kind = 'payment' AND ${owedSql('i')}`
const newest = `ORDER BY i.created_at DESC, i.sequence DESC, i.till LIMIT ${most}`

const ofShop: Question = { name: 'unpaid payments', text: `${columns} ${newest}` }
const ofMember: Question = { name: 'unpaid payments of a member', text: `${columns} AND i.member = $2 ${newest}` }

type Row = Omit<Unpaid, 'memberName'> & { readonly display_name: string | null }

const named = ({ display_name, ...row }: Row): Unpaid => ({ ...row, memberName: calledName(row.member, display_name) })

/** What members still owe a shop, the newest first. */
export async function unpaidAt(shop: number, ask: Ask = askPool): Promise<Unpaid[]> {
  return (await ask<Row>(ofShop, [shop])).map(named)
}

/** What one member still owes a shop, the newest first. */
export async function unpaidBy(shop: number, member: Address, ask: Ask = askPool): Promise<Unpaid[]> {
  return (await ask<Row>(ofMember, [shop, bytesOf(member)])).map(named)
}
