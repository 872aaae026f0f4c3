import 'server-only'
import { concat, keccak256 } from 'viem'
import { type Ask, addressSql, ask as askPool, bytesOf, type Question, secondsOf } from './database.ts'
import type { Address } from './network.ts'

/** What an account's address is made of. */
export interface AddressArguments {
  readonly x: Address
  readonly y: Address
  /** null: nobody. */
  readonly guardian: Address | null
  readonly delaySeconds: number
}

/** A key that an account agrees by at present. */
export interface CurrentKey {
  /** Its name on the chain. */
  readonly key: Address
  readonly x: Address
  readonly y: Address
  /** null for that of an account that does not stand on the chain yet. */
  readonly addedAt: Date | null
  /** From when on it removes others; null: always. */
  readonly settledFrom: Date | null
}

/** A passkey account as the chain has it, by the chain's own clock. */
export interface AccountFacts {
  readonly account: Address
  readonly arguments: AddressArguments
  readonly deployed: boolean
  /** The chain's time at the mirror's newest block, in seconds UTC. */
  readonly now: number
  readonly nextOrder: bigint
  readonly nextRecovery: number
  readonly keys: readonly CurrentKey[]
  /** The names of keys that it knows or ever knew. */
  readonly everKnown: ReadonlySet<Address>
  /** In office now. */
  readonly guardian: Address | null
  readonly delaySeconds: number
  readonly toCome: { readonly guardian: Address | null; readonly delaySeconds: number; readonly from: Date } | null
  readonly recovery: Recovery | null
}

export interface Recovery {
  readonly number: number
  readonly by: Address
  readonly x: Address
  readonly y: Address
  readonly startedAt: Date
  readonly readyAt: Date
}

/** The least and the most that a guardian leaves to object, whatever the address says, in seconds. */
const leastDelay = 72 * 3_600
const mostDelay = 30 * 86_400
const clamped = (delay: number): number => Math.min(Math.max(delay, leastDelay), mostDelay)

interface FoldRow {
  x: Address
  y: Address
  guardian: Address | null
  delay: bigint
  orders: bigint
  era: number
  recoveries: number
  office_guardian: Address | null
  office_delay: bigint | null
  next_guardian: Address | null
  next_delay: bigint | null
  next_from: Date | null
  recovery_by: Address | null
  recovery_x: Address | null
  recovery_y: Address | null
  recovery_started_at: Date | null
  recovery_ready_at: Date | null
}

/** SQL for the chain's own time. */
export const chainTimeSql = `coalesce((SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1), now())`

const nextInOffice = `a.next_from <= ${chainTimeSql}`
/** SQL for who is an account's guardian by the chain's time, null for nobody; `a` is a row of ledger.account. */
export const guardianInOfficeSql = `(CASE WHEN ${nextInOffice} THEN a.next_guardian
  WHEN a.chosen_from IS NOT NULL THEN a.chosen_guardian ELSE a.first_guardian END)`
export const delayInOfficeSql = `(CASE WHEN ${nextInOffice} THEN a.next_delay
  WHEN a.chosen_from IS NOT NULL THEN a.chosen_delay ELSE a.first_delay END)`

const standing: Question = {
  name: 'account-standing',
  text: `SELECT ${addressSql('a.first_x')} AS x, ${addressSql('a.first_y')} AS y,
      ${addressSql('a.first_guardian')} AS guardian, a.first_delay AS delay, a.orders, a.era, a.recoveries,
      ${addressSql(guardianInOfficeSql)} AS office_guardian, ${delayInOfficeSql} AS office_delay,
      ${addressSql('a.next_guardian')} AS next_guardian, a.next_delay, a.next_from,
      ${addressSql('a.recovery_by')} AS recovery_by, ${addressSql('a.recovery_x')} AS recovery_x,
      ${addressSql('a.recovery_y')} AS recovery_y, a.recovery_started_at, a.recovery_ready_at
    FROM ledger.account a WHERE a.account = $1`,
}

const keys: Question = {
  name: 'account-keys',
  text: `SELECT ${addressSql('k.key')} AS key, ${addressSql('k.x')} AS x, ${addressSql('k.y')} AS y,
      k.added_at AS "addedAt", k.settled_from AS "settledFrom", k.era, k.removed_at IS NOT NULL AS removed
    FROM ledger.account_key k WHERE k.account = $1 ORDER BY k.added_at, k.settled_from NULLS FIRST, k.key`,
}

const foretold: Question = {
  name: 'account-foretold',
  text: `SELECT ${addressSql('c.x')} AS x, ${addressSql('c.y')} AS y, ${addressSql('c.guardian')} AS guardian,
      c.delay_seconds AS delay
    FROM portal.credential c WHERE c.member = $1 AND c.first LIMIT 1`,
}

const clock: Question = { name: 'chain-time', text: `SELECT ${chainTimeSql} AS now` }

/** null where no passkey account is known under this address. */
export async function accountFacts(account: Address, ask: Ask = askPool): Promise<AccountFacts | null> {
  const [time] = await ask<{ now: Date }>(clock)
  const now = secondsOf(time?.now ?? new Date())
  const [row] = await ask<FoldRow>(standing, [bytesOf(account)])
  if (row) return await factsOfStanding(account, row, now, ask)
  const [first] = await ask<Pick<FoldRow, 'x' | 'y' | 'guardian' | 'delay'>>(foretold, [bytesOf(account)])
  if (!first) return null
  const { x, y, guardian } = first
  const key = keccak256(concat([x, y]))
  return {
    account,
    arguments: { x, y, guardian, delaySeconds: Number(first.delay) },
    ...{ deployed: false, now, nextOrder: 0n, nextRecovery: 1 },
    keys: [{ key, x, y, addedAt: null, settledFrom: null }],
    everKnown: new Set([key]),
    ...{ guardian, delaySeconds: clamped(Number(first.delay)), toCome: null, recovery: null },
  }
}

type KeyRow = CurrentKey & { readonly era: number; readonly removed: boolean }

async function factsOfStanding(account: Address, row: FoldRow, now: number, ask: Ask): Promise<AccountFacts> {
  const known = await ask<KeyRow>(keys, [bytesOf(account)])
  const { x, y, guardian } = row
  const current = known.filter(({ era, removed }) => era === row.era && !removed)
  return {
    account,
    arguments: { x, y, guardian, delaySeconds: Number(row.delay) },
    ...{ deployed: true, now, nextOrder: row.orders, nextRecovery: row.recoveries + 1 },
    keys: current.map(({ key, x, y, addedAt, settledFrom }) => ({ key, x, y, addedAt, settledFrom })),
    everKnown: new Set(known.map(({ key }) => key)),
    guardian: row.office_guardian,
    delaySeconds: clamped(Number(row.office_delay)),
    toCome:
      row.next_from === null || secondsOf(row.next_from) <= now
        ? null
        : { guardian: row.next_guardian, delaySeconds: Number(row.next_delay), from: row.next_from },
    recovery: recoveryIn(row),
  }
}

function recoveryIn(row: FoldRow): Recovery | null {
  const { recovery_by: by, recovery_x: x, recovery_y: y, recovery_started_at: startedAt, recovery_ready_at } = row
  if (by === null || x === null || y === null || startedAt === null || recovery_ready_at === null) return null
  return { number: row.recoveries, by, x, y, startedAt, readyAt: recovery_ready_at }
}

/**
 * SQL that is true where a passkey agrees for its account at present, as far as the mirror knows; `c` names a row of
 * portal.credential. Of an account that does not stand on the chain the one its address is made of agrees.
 */
export const agreesSql = (c: string): string => `(CASE
    WHEN EXISTS (SELECT FROM ledger.account a WHERE a.account = ${c}.member)
    THEN EXISTS (SELECT FROM ledger.account_key k JOIN ledger.account a ON a.account = k.account
      WHERE k.account = ${c}.member AND k.x = ${c}.x AND k.y = ${c}.y AND k.era = a.era AND k.removed_at IS NULL)
    ELSE ${c}.first END)`
