import 'server-only'
import { type Ask, ask as askPool, type Question } from './database.ts'

/**
 * What stands behind the mirrored logs of a block, the weakest first: one node's word, two nodes that say the same, all
 * receipts of the block under the root in its header. Hashes and parent links are proven in any case.
 */
export type Evidence = 'bloom' | 'secondSource' | 'receipts'

/** A span of blocks, both ends in it. */
export interface BlockSpan {
  readonly from: bigint
  readonly to: bigint
}

export interface SpanEvidence {
  /** How many blocks of the span are mirrored: what was not mirrored has no evidence at all. */
  readonly blocks: number
  /** Of the mirrored ones; undefined where none is. */
  readonly weakest: Evidence | undefined
  /** How many of them have less than their receipts behind them. */
  readonly bySecondSource: number
  readonly byBloom: number
}

interface Row {
  blocks: number
  by_second_source: number
  by_bloom: number
}

// A mirror has every block between its first and its last, so their number needs no count of millions.
const question: Question = {
  name: 'span evidence',
  text: `WITH span AS (
      SELECT (SELECT number FROM ledger.block WHERE number >= $1 AND number <= $2 ORDER BY number LIMIT 1) AS first,
        (SELECT number FROM ledger.block WHERE number >= $1 AND number <= $2 ORDER BY number DESC LIMIT 1) AS last
    ), weaker AS (
      SELECT count(*) FILTER (WHERE evidence = 'secondSource')::integer AS by_second_source,
        count(*) FILTER (WHERE evidence = 'bloom')::integer AS by_bloom
      FROM ledger.block WHERE number >= $1 AND number <= $2 AND evidence <> 'receipts'
    )
    SELECT COALESCE(last - first + 1, 0)::integer AS blocks, by_second_source, by_bloom FROM span, weaker`,
}

/** The evidence of everything that was read in a span of blocks: it is as good as its weakest block's. */
export async function spanEvidence(span: BlockSpan, ask: Ask = askPool): Promise<SpanEvidence> {
  const [row] = await ask<Row>(question, [span.from, span.to])
  if (!row) throw new Error('the database left a question without an answer')
  const { blocks, by_second_source: bySecondSource, by_bloom: byBloom } = row
  return { blocks, weakest: weakestOf(row), bySecondSource, byBloom }
}

function weakestOf(row: Row): Evidence | undefined {
  if (row.blocks === 0) return undefined
  if (row.by_bloom > 0) return 'bloom'
  return row.by_second_source > 0 ? 'secondSource' : 'receipts'
}
