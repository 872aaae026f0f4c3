import 'server-only'
import { type Ask, ask as askPool, type Question } from './database.ts'
import type { Evidence } from './evidence.ts'
import { mirroredBlockSql } from './intent-state.ts'

/** The block in which something wished for stands, and what stands behind what was read there. */
export interface IntentBlock {
  readonly number: bigint
  readonly hash: string
  readonly evidence: Evidence
}

const columns = `b.number, '0x' || encode(b.hash, 'hex') AS hash, b.evidence`

const ofIntent: Question = {
  name: 'intent-block',
  text: `SELECT ${columns} FROM portal.intent i JOIN ledger.block b ON b.number = ${mirroredBlockSql('i')}
    WHERE i.shop = $1 AND i.key = $2`,
}

const bare = (kind: 'purchase' | 'payment'): Question => ({
  name: `receipt-block-${kind}`,
  text: `SELECT ${columns} FROM ledger.${kind} r JOIN ledger.block b ON b.number = r.block_number
    WHERE r.shop = $1 AND r.till = $2 AND r.sequence = $3
      AND NOT EXISTS (SELECT FROM portal.intent i WHERE i.shop = $1 AND i.key = $4)`,
})
const ofReceipt = { purchase: bare('purchase'), payment: bare('payment') } as const

/** By the same natural key as intentState; undefined where it stands in no block. */
export async function intentBlock(shop: number, key: string, ask: Ask = askPool): Promise<IntentBlock | undefined> {
  const [known] = await ask<IntentBlock>(ofIntent, [shop, key])
  const receipt = /^(purchase|payment):(\d{1,9}):(\d{1,18})$/.exec(key)
  if (known !== undefined || receipt === null) return known
  const kind = receipt[1] === 'purchase' ? 'purchase' : 'payment'
  const [found] = await ask<IntentBlock>(ofReceipt[kind], [shop, receipt[2], receipt[3], key])
  return found
}
