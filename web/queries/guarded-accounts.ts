import 'server-only'
import { delayInOfficeSql, guardianInOfficeSql } from './account-facts.ts'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question } from './database.ts'
import { calledName, greetingNameSql } from './member-name.ts'
import type { Address } from './network.ts'

/** A member who named this guardian, for whom they may begin a change of key. */
export interface GuardedAccount {
  readonly member: Address
  readonly code: string
  readonly calledName: string
  /** Whether the account stands on the chain. */
  readonly deployed: boolean
  /** How long the member has to say no. */
  readonly delaySeconds: number
  /** A change of key that waits already; to begin anew takes its place. */
  readonly recovery: { readonly number: number; readonly readyAt: Date } | null
}

interface Row {
  member: Address
  code: string
  display_name: string | null
  deployed: boolean
  delay: bigint
  recoveries: number | null
  ready_at: Date | null
}

const leastDelay = 72n * 3_600n
const mostDelay = 30n * 86_400n
const most = 20

const bare = (code: string): string => `replace(replace(upper(${code}), '-', ''), ' ', '')`

// Those whose address names them and does not stand on the chain, and those who named them since.
const guarded: Question = {
  name: 'guarded-accounts',
  text: `WITH guarded AS (
      SELECT c.member, false AS deployed, c.delay_seconds AS delay, NULL::int AS recoveries,
        NULL::timestamptz AS ready_at
      FROM portal.credential c WHERE c.guardian = $1 AND c.first
        AND NOT EXISTS (SELECT FROM ledger.account a WHERE a.account = c.member)
      UNION ALL
      SELECT a.account, true, ${delayInOfficeSql}, a.recoveries, a.recovery_ready_at FROM ledger.account a
      WHERE (a.first_guardian = $1 OR a.chosen_guardian = $1 OR a.next_guardian = $1) AND ${guardianInOfficeSql} = $1)
    SELECT ${addressSql('g.member')} AS member, m.code, greeted.display_name, g.deployed, g.delay, g.recoveries,
      g.ready_at
    FROM guarded g JOIN portal.member_profile m ON m.member = g.member ${greetingNameSql('greeted', 'g.member')}
    WHERE $2::text IS NULL OR greeted.display_name ILIKE $2 OR ${bare('m.code')} LIKE $3
    ORDER BY greeted.display_name NULLS LAST, m.code LIMIT ${most}`,
}

/** Whose guardian somebody is by the chain's time; with a search, those whose name has it or whose code begins so. */
export async function guardedAccounts(
  guardian: Address,
  { search = '', ask = askPool as Ask }: { readonly search?: string; readonly ask?: Ask } = {},
): Promise<GuardedAccount[]> {
  const text = search.replace(/\p{C}/gu, '').trim()
  const literal = text.replace(/[\\%_]/g, (sign) => `\\${sign}`)
  const code = literal.replace(/[-\s]/g, '').toUpperCase()
  const rows = await ask<Row>(guarded, [bytesOf(guardian), text === '' ? null : `%${literal}%`, `${code}%`])
  return rows.map((row) => ({
    ...{ member: row.member, code: row.code, deployed: row.deployed },
    calledName: calledName(row.member, row.display_name),
    delaySeconds: Number(row.delay < leastDelay ? leastDelay : row.delay > mostDelay ? mostDelay : row.delay),
    recovery:
      row.recoveries === null || row.ready_at === null ? null : { number: row.recoveries, readyAt: row.ready_at },
  }))
}

const guards: Question = {
  name: 'guards-anybody',
  text: `SELECT EXISTS (SELECT FROM portal.credential c WHERE c.guardian = $1 AND c.first
        AND NOT EXISTS (SELECT FROM ledger.account a WHERE a.account = c.member))
      OR EXISTS (SELECT FROM ledger.account a WHERE ${guardianInOfficeSql} = $1
        AND (a.first_guardian = $1 OR a.chosen_guardian = $1 OR a.next_guardian = $1)) AS guards`,
}

/** Whether anybody named this account their guardian: whether it has a page to help from. */
export async function guardsAnybody(guardian: Address, ask: Ask = askPool): Promise<boolean> {
  const [row] = await ask<{ guards: boolean }>(guards, [bytesOf(guardian)])
  return row?.guards ?? false
}
