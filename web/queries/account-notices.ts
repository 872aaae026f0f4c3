import 'server-only'
import { accountEventsSql } from './account-effect.ts'
import { type AccountFacts, accountFacts } from './account-facts.ts'
import { addressSql, atOneMoment, bytesOf, dateOf, type Question } from './database.ts'
import type { Address } from './network.ts'

/** Something happened to a member's account, and whether they can still stop or undo it (`open`). */
export type AccountNotice = {
  /** BLOCK:LOG */
  readonly id: string
  readonly at: Date
  readonly seen: boolean
} & Told

type Told =
  | { readonly kind: 'recoveryStarted'; readonly recovery: number; readonly readyAt: Date; readonly open: boolean }
  | { readonly kind: 'recoveryVetoed' | 'recovered'; readonly recovery: number }
  | { readonly kind: 'guardianChosen'; readonly guardian: Address | null; readonly from: Date; readonly open: boolean }
  | { readonly kind: 'guardianKept'; readonly refused: Address | null }
  | { readonly kind: 'keyAdded'; readonly key: Address; readonly words: string | null; readonly open: boolean }
  | { readonly kind: 'keyRemoved'; readonly key: Address; readonly words: string | null }

interface Row {
  block: bigint
  log: number
  name: string
  args: Readonly<Record<string, string | number>>
  at: Date
  seen: boolean
  words: string | null
}

const most = 20

// Read off the journal, so none is lost or told twice, and one whose block vanished is gone with it.
const notices: Question = {
  name: 'account-notices',
  text: `SELECT e.block_number AS block, e.log_index AS log, e.name, e.args, b.time AS at,
      coalesce((e.block_number, e.log_index) <= (s.block_number, s.log_index), false) AS seen,
      (SELECT c.words FROM ledger.account_key k
        JOIN portal.credential c ON c.member = k.account AND c.x = k.x AND c.y = k.y
        WHERE k.account = e.address AND ${addressSql('k.key')} = e.args->>'key' LIMIT 1) AS words
    FROM ledger.event e JOIN ledger.block b ON b.number = e.block_number
      LEFT JOIN portal.notice_seen s ON s.member = e.address
    WHERE e.address = $1 AND e.name IN ${accountEventsSql} AND e.name <> 'AccountDeployed'
    ORDER BY e.block_number DESC, e.log_index DESC LIMIT ${most}`,
}

/** What happened to an account lately, the newest first. */
export async function accountNotices(account: Address): Promise<AccountNotice[]> {
  return await atOneMoment(async (ask) => {
    const rows = await ask<Row>(notices, [bytesOf(account)])
    if (rows.length === 0) return []
    const facts = await accountFacts(account, ask)
    return rows.map((row) => ({ id: `${row.block}:${row.log}`, at: row.at, seen: row.seen, ...toldBy(row, facts) }))
  })
}

const nobody = `0x${'0'.repeat(40)}`
const orNobody = (who: unknown): Address | null => (who === nobody ? null : (String(who) as Address))

function toldBy({ name, args, words }: Row, facts: AccountFacts | null): Told {
  const recovery = Number(args['recovery'])
  const key = String(args['key']) as Address
  switch (name) {
    case 'RecoveryStarted': {
      const open = facts?.recovery?.number === recovery
      return { kind: 'recoveryStarted', recovery, readyAt: dateOf(Number(args['readyAt'])), open }
    }
    case 'RecoveryVetoed':
      return { kind: 'recoveryVetoed', recovery }
    case 'Recovered':
      return { kind: 'recovered', recovery }
    case 'GuardianChosen': {
      const [guardian, from] = [orNobody(args['guardian']), dateOf(Number(args['from']))]
      const open = facts?.toCome?.guardian === guardian && facts.toCome.from.getTime() === from.getTime()
      return { kind: 'guardianChosen', guardian, from, open }
    }
    case 'GuardianKept':
      return { kind: 'guardianKept', refused: orNobody(args['refused']) }
    case 'KeyAdded':
      return { kind: 'keyAdded', key, words, open: facts?.keys.some((one) => one.key === key) ?? false }
    case 'KeyRemoved':
      return { kind: 'keyRemoved', key, words }
    default:
      throw new Error(`${name} is no event of an account`)
  }
}
