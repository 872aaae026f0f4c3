import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Complaint } from '../complaint.ts'
import type { Target } from './preparation.ts'

export interface ArrivalOptions {
  readonly db: pg.Pool
  readonly detail: (text: string) => void
}

interface Standing {
  readonly issued: bigint
  readonly final: bigint
  readonly block: bigint
  readonly refused: bigint
  readonly example: string | null
}

// The relayer needs a block, the mirror another; a minute and a half without any progress is no pause but a fault.
const patienceMs = 90_000

/** Waits until every row of a part stands in a final block of the mirror. */
export async function untilIssued(target: Target, options: ArrivalOptions): Promise<void> {
  const rows = BigInt(target.rows.length)
  let best = -1n
  let movedAt = Date.now()
  for (;;) {
    const now = await standingOf(options.db, target)
    options.detail(`${target.name}: ${now.issued} of ${rows} receipts issued, ${now.final} final, block ${now.block}`)
    if (now.final === rows) return
    if (now.issued + now.refused === rows && now.refused > 0n) {
      throw new Complaint(`The chain refused ${now.refused} of ${rows} receipts of ${target.name} (${now.example}).`)
    }
    if (now.issued + now.final > best) {
      best = now.issued + now.final
      movedAt = Date.now()
    }
    if (Date.now() - movedAt > patienceMs) {
      throw new Complaint(
        `${rows - now.issued} receipts of ${target.name} are kept but not issued yet, and nothing has moved for ` +
          `${patienceMs / 1000} s. Look into log/relayer.log, then run the same command again.`,
      )
    }
    await sleep(200)
  }
}

async function standingOf(db: pg.Pool, target: Target): Promise<Standing> {
  const found = await db.query<Standing>(
    `SELECT count(p.*) AS issued, count(p.*) FILTER (WHERE p.block_number <= c.final_block) AS final,
            coalesce(max(p.block_number), 0) AS block,
            (SELECT count(*) FROM portal.intent i
              WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'purchase' AND i.state = 'refused') AS refused,
            (SELECT min(i.refused) FROM portal.intent i
              WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'purchase' AND i.state = 'refused') AS example
       FROM (SELECT coalesce(max(final_block), -1) AS final_block FROM ledger.checkpoint) c
       LEFT JOIN ledger.purchase p ON p.shop = $1 AND p.till = $2
      GROUP BY c.final_block`,
    [target.shop, target.till],
  )
  const [row] = found.rows
  if (row === undefined) throw new Error('the mirror has no checkpoint')
  return row
}
