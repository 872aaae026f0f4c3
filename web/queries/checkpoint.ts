import 'server-only'
import { type Ask, ask as askPool, type Question, secondsOf } from './database.ts'

/** How far the mirror has come. Before its first block everything is 0 and both times are null. */
export interface Checkpoint {
  readonly block: bigint
  readonly finalBlock: bigint
  readonly head: bigint
  readonly lagBlocks: number
  /** When the mirror wrote last, by the clock of the machine. */
  readonly updatedAt: Date | null
  /** The time of the mirror's newest block, by the clock of the chain. */
  readonly blockTime: Date | null
}

interface Row {
  block: bigint
  final_block: bigint
  head: bigint
  updated_at: Date
  block_time: Date | null
}

const question: Question = {
  name: 'checkpoint',
  text: `SELECT c.block, c.final_block, c.head, c.updated_at,
      (SELECT b.time FROM ledger.block b WHERE b.number <= c.block ORDER BY b.number DESC LIMIT 1) AS block_time
    FROM ledger.checkpoint c WHERE c.name = 'ledger'`,
}

export async function checkpoint(ask: Ask = askPool): Promise<Checkpoint> {
  const [row] = await ask<Row>(question)
  if (!row) return { block: 0n, finalBlock: 0n, head: 0n, lagBlocks: 0, updatedAt: null, blockTime: null }
  return {
    block: row.block,
    finalBlock: row.final_block,
    head: row.head,
    lagBlocks: row.head > row.block ? Number(row.head - row.block) : 0,
    updatedAt: row.updated_at,
    blockTime: row.block_time,
  }
}

/**
 * What the portal means by now, in seconds UTC: the chain's own time at the mirror's newest block. A street that was
 * opened with a history may be ahead of the machine's clock, and the chain judges what is live by its own.
 */
export function nowOf(mirror: Pick<Checkpoint, 'blockTime'>): number {
  return secondsOf(mirror.blockTime ?? new Date())
}
