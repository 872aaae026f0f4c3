import 'server-only'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question } from './database.ts'
import type { Address } from './network.ts'

const question: Question = {
  name: 'key names',
  text: `SELECT ${addressSql('n.key')} AS key, n.name FROM portal.key_name n WHERE n.member = $1`,
}

/** What a member calls their devices, by the keys' names on the chain. */
export async function keyNames(member: Address, ask: Ask = askPool): Promise<ReadonlyMap<Address, string>> {
  const rows = await ask<{ key: Address; name: string }>(question, [bytesOf(member)])
  return new Map(rows.map(({ key, name }) => [key, name]))
}
