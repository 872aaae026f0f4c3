import 'server-only'
import { type Ask, addressSql, ask as askPool, type Question } from './database.ts'

/** One thing that a shop owns, as a line of its export: its kind, and the thing. */
export type ExportLine = { readonly [kind: string]: object }

interface Part {
  readonly kind: string
  /** By receipt where there are many: $2, $3 are the last of the page before, $4 how many. */
  readonly paged: boolean
  readonly question: Question
}

const few = (kind: string, text: string): Part => ({ kind, paged: false, question: { name: `export ${kind}`, text } })
const many = (kind: string, text: string): Part => ({ kind, paged: true, question: { name: `export ${kind}`, text } })
const pageSize = 2_000

const parts: readonly Part[] = [
  few(
    'shop',
    `SELECT s.shop, ${addressSql('s.owner')} AS owner, ${addressSql('s.points')} AS token, s.joined_at AS "joinedAt",
      s.receipt_limit AS "receiptLimit", s.daily_points AS "dailyPoints", f.name, f.trade, f.street,
      f.earn_rate AS "earnRate", f.pending_limit AS "pendingLimit", f.card_limit AS "cardLimit"
    FROM ledger.shop s LEFT JOIN portal.shop_profile f ON f.shop = s.shop WHERE s.shop = $1`,
  ),
  few(
    'till',
    `SELECT t.till, ${addressSql('t.key')} AS key, t.kind, t.budget, t.revoked, t.daily_points AS "dailyPoints", f.name
    FROM ledger.till t LEFT JOIN portal.till_profile f ON f.shop = t.shop AND f.till = t.till
    WHERE t.shop = $1 ORDER BY t.till`,
  ),
  few(
    'cashier',
    `SELECT c.cashier, c.name, c.active, c.created_at AS "createdAt" FROM portal.cashier c
    WHERE c.shop = $1 ORDER BY c.cashier`,
  ),
  few(
    'apiKey',
    `SELECT k.id, k.label, k.created_at AS "createdAt", k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt"
    FROM portal.api_key k WHERE k.shop = $1 ORDER BY k.created_at, k.id`,
  ),
  few(
    'webhook',
    `SELECT w.id, w.url, w.created_at AS "createdAt", w.stopped_at AS "stoppedAt" FROM portal.webhook w
    WHERE w.shop = $1 ORDER BY w.created_at, w.id`,
  ),
  few(
    'reward',
    `SELECT r.reward, r.title, r.detail, r.points, r.active FROM portal.reward r WHERE r.shop = $1
    ORDER BY r.reward`,
  ),
  few(
    'card',
    `SELECT ${addressSql('c.member')} AS member, c.code, c.made_at AS "madeAt", c.claimed_at AS "claimedAt"
    FROM portal.card c WHERE c.shop = $1 ORDER BY c.made_at, c.member`,
  ),
  few(
    'import',
    `SELECT encode(f.file_hash, 'hex') AS file, f.name, f.till, f.rows, f.started_at AS "startedAt"
    FROM portal.import_file f WHERE f.shop = $1 ORDER BY f.started_at, f.file_hash`,
  ),
  many(
    'purchase',
    `SELECT p.till, p.sequence, ${addressSql('p.member')} AS member, p.points, p.spend, p.sold_at AS "soldAt",
      p.block_number AS block, ${addressSql('p.transaction_hash')} AS transaction
    FROM ledger.purchase p WHERE p.shop = $1 AND (p.till, p.sequence) > ($2::int, $3::bigint)
    ORDER BY p.till, p.sequence LIMIT $4`,
  ),
  few(
    'reversal',
    `SELECT r.till, r.sequence, r.by_till AS "byTill", ${addressSql('r.member')} AS member, r.points, r.taken, r.debt,
      r.block_number AS block FROM ledger.reversal r WHERE r.shop = $1 ORDER BY r.block_number, r.log_index`,
  ),
  many(
    'payment',
    `SELECT p.till, p.sequence, ${addressSql('p.member')} AS member, p.points, p.purpose, p.block_number AS block,
      ${addressSql('p.transaction_hash')} AS transaction,
      (SELECT coalesce(json_agg(json_build_object('issuer', l.issuer, 'points', l.points::text)
          ORDER BY l.issuer), '[]')
        FROM ledger.payment_line l WHERE l.shop = p.shop AND l.till = p.till AND l.sequence = p.sequence) AS lines
    FROM ledger.payment p WHERE p.shop = $1 AND (p.till, p.sequence) > ($2::int, $3::bigint)
    ORDER BY p.till, p.sequence LIMIT $4`,
  ),
  few(
    'refund',
    `SELECT r.till, r.sequence, r.by_till AS "byTill", ${addressSql('r.member')} AS member, r.points,
      r.block_number AS block FROM ledger.refund r WHERE r.shop = $1 ORDER BY r.block_number, r.log_index`,
  ),
  few(
    'ownersWord',
    `SELECT w.till, w.first_sequence AS "firstSequence", w.count, w.word, w.refused, w.said_at AS "saidAt",
      ${addressSql('w.signature')} AS "tillSignature", ${addressSql('w.owner_signature')} AS "ownerSignature"
    FROM portal.owner_word w WHERE w.shop = $1 ORDER BY w.till, w.first_sequence, w.word`,
  ),
  many(
    'waiting',
    `SELECT i.till, i.sequence, i.kind, i.key, ${addressSql('i.member')} AS member, i.points, i.spend,
      i.sold_at AS "soldAt", i.state, i.refused, i.cashier, i.created_at AS "createdAt"
    FROM portal.intent i WHERE i.shop = $1 AND i.kind IN ('purchase', 'payment')
      AND (i.till, i.sequence, i.kind) > ($2::int, $3::bigint, $5::text) AND i.state <> 'sent'
    ORDER BY i.till, i.sequence, i.kind LIMIT $4`,
  ),
]

interface Receipt {
  readonly till: number
  readonly sequence: bigint
  readonly kind?: string
}

/**
 * Everything that is a shop's, part by part, receipts in their order: what stands on the chain, what is on its way or
 * was refused, and how the shop is set up. No secret is in it. What comes in meanwhile may be in it or not.
 */
export async function* shopExport(shop: number, ask: Ask = askPool): AsyncGenerator<ExportLine> {
  for (const { kind, paged, question } of parts) {
    let last: Receipt | undefined = { till: 0, sequence: 0n, kind: '' }
    while (last !== undefined) {
      const before: Receipt = last
      const place = [before.till, before.sequence, pageSize]
      const values = [shop, ...(paged ? place : []), ...(question.text.includes('$5') ? [before.kind ?? ''] : [])]
      const rows: (object & Partial<Receipt>)[] = await ask<object>(question, values)
      for (const row of rows) yield { [kind]: row }
      last = paged && rows.length === pageSize ? (rows.at(-1) as Receipt | undefined) : undefined
    }
  }
}
