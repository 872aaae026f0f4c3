import 'server-only'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question } from './database.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** Somebody to credit or to send to, as anyone but they themselves may see them. */
export interface MemberCard {
  readonly member: Address
  /** null unless the member agreed to be greeted by name. */
  readonly displayName: string | null
  /** The name, or "Member 3F2A". */
  readonly calledName: string
  readonly code: string
}

interface Row {
  member: Address
  display_name: string | null
  code: string
}

const most = 20

const bare = (code: string): string => `replace(replace(upper(${code}), '-', ''), ' ', '')`

// Whoever did not agree to be greeted is found by their whole code or account only, never by leafing through.
const search: Question = {
  name: 'members',
  text: `SELECT ${addressSql('m.member')} AS member, greeted.display_name, m.code
    FROM portal.member_profile m ${greetingNameSql('greeted', 'm.member')}
    WHERE (greeted.display_name IS NOT NULL
        AND (greeted.display_name ILIKE $1 OR ${bare('m.code')} LIKE $2))
      OR ${bare('m.code')} = $3 OR m.member = $4
    ORDER BY greeted.display_name NULLS LAST, m.code LIMIT ${most}`,
}

/** People whose name contains, or whose code begins with, what was typed; without a search the first by name. */
export async function members(typed = '', ask: Ask = askPool): Promise<MemberCard[]> {
  const text = visible(typed).trim()
  const code = text.replace(/[-\s]/g, '').toUpperCase()
  const rows = await ask<Row>(search, [`%${literal(text)}%`, `${literal(code)}%`, code, accountIn(text)])
  return rows.map(cardOf)
}

const exact: Question = {
  name: 'member-by-code-or-address',
  text: `SELECT ${addressSql('m.member')} AS member, greeted.display_name, m.code
    FROM portal.member_profile m ${greetingNameSql('greeted', 'm.member')}
    WHERE ${bare('m.code')} = $1 OR m.member = $2 LIMIT 1`,
}

/** The one member with this code (however it was spaced) or this account; null when there is none. */
export async function memberByCodeOrAddress(typed: string, ask: Ask = askPool): Promise<MemberCard | null> {
  const text = visible(typed).trim()
  const [row] = await ask<Row>(exact, [text.replace(/[-\s]/g, '').toUpperCase(), accountIn(text)])
  return row ? cardOf(row) : null
}

const cardOf = (row: Row): MemberCard => ({
  member: row.member,
  displayName: row.display_name,
  calledName: calledName(row.member, row.display_name),
  code: row.code,
})

/** Without signs that nobody can see: Postgres keeps no text with a zero or half a character in it. */
const visible = (text: string): string => text.replace(/\p{C}/gu, '')

/** What was typed, with LIKE's own signs meaning themselves. */
const literal = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`)

const accountIn = (text: string): Buffer | null =>
  /^0x[0-9a-fA-F]{40}$/.test(text) ? bytesOf(text.toLowerCase() as Address) : null
