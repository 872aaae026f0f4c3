import 'server-only'
import { type Ask, addressSql, bytesOf, type Question } from './database.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** Somebody a member trusts with a change of key, as the member knows them: a shop by its sign, a member by name. */
export interface Trusted {
  readonly address: Address
  readonly shop: { readonly shop: number; readonly name: string } | null
  readonly calledName: string
}

interface Row {
  address: Address
  display_name: string | null
  shop: number | null
  name: string | null
}

const question: Question = {
  name: 'trusted',
  text: `SELECT ${addressSql('w.who')} AS address, greeted.display_name, s.shop,
      coalesce(p.name, 'Shop ' || s.shop) AS name
    FROM unnest($1::bytea[]) AS w(who)
      LEFT JOIN LATERAL (SELECT h.shop FROM ledger.shop h WHERE h.owner = w.who ORDER BY h.shop LIMIT 1) s ON true
      LEFT JOIN portal.shop_profile p ON p.shop = s.shop
      ${greetingNameSql('greeted', 'w.who')}`,
}

/** By address; whoever owns a shop is shown as that shop. */
export async function trustedOnes(who: readonly Address[], ask: Ask): Promise<ReadonlyMap<Address, Trusted>> {
  if (who.length === 0) return new Map()
  const rows = await ask<Row>(question, [who.map(bytesOf)])
  return new Map(
    rows.map(({ address, display_name, shop, name }) => {
      const sign = shop === null || name === null ? null : { shop, name }
      return [address, { address, shop: sign, calledName: sign?.name ?? calledName(address, display_name) }]
    }),
  )
}
