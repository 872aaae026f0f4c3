import 'server-only'
import { z } from 'zod'
import { ask, type Question } from './database.ts'

const finding = z.object({ where: z.string(), mirror: z.string().nullable(), chain: z.string().nullable() })

const ruling = z.object({
  rule: z.string(),
  says: z.string(),
  verdict: z.enum(['holds', 'differs', 'unable', 'notOffered']),
  compared: z.number(),
  differing: z.number(),
  findings: z.array(finding),
  detail: z.string(),
})

const report = z.object({
  rulings: z.array(ruling),
  seed: z.string().optional(),
  reason: z.string().optional(),
})

/** One rule that was checked, or one table that was compared. */
export type CheckedRule = z.infer<typeof ruling>

export type SelfCheckName = 'sums' | 'samples' | 'rebuild'

/** The newest time that the mirror was held against the chain in this way, and something could be said. */
export interface SelfCheck {
  readonly name: SelfCheckName
  readonly finished: Date
  readonly seconds: number
  readonly block: bigint
  readonly verdict: 'holds' | 'differs'
  /** Figures or rows that were held against each other. */
  readonly compared: bigint
  readonly rules: readonly CheckedRule[]
  readonly seed: string | null
}

export interface SelfChecks {
  readonly checks: readonly SelfCheck[]
  /** Tried since, and nothing could be said: why. */
  readonly unable: readonly { readonly name: SelfCheckName; readonly at: Date; readonly reason: string }[]
  /** Times at which the mirror differed, newest first. */
  readonly alarms: readonly { readonly name: SelfCheckName; readonly at: Date; readonly block: bigint | null }[]
  /** What stands behind the newest blocks: how many of them were taken on which evidence. */
  readonly evidence: {
    readonly blocks: number
    readonly receipts: number
    readonly secondSource: number
    readonly bloom: number
  }
}

interface Row {
  name: SelfCheckName
  began: Date
  finished: Date
  block: bigint | null
  verdict: 'holds' | 'differs' | 'unable'
  compared: bigint
  report: unknown
}

const newest: Question = {
  name: 'self-checks',
  text: `SELECT DISTINCT ON (c.name, c.verdict = 'unable') c.name, c.began, c.finished, c.block, c.verdict, c.compared,
      c.report
    FROM ledger.self_check c ORDER BY c.name, c.verdict = 'unable', c.began DESC`,
}

const alarms: Question = {
  name: 'self-check-alarms',
  text: `SELECT c.name, c.finished AS at, c.block FROM ledger.self_check c
    WHERE c.verdict = 'differs' ORDER BY c.began DESC LIMIT 10`,
}

// Blocks mirrored before their evidence was kept count as taken on the bloom filter alone.
const evidence: Question = {
  name: 'block-evidence',
  text: `SELECT count(*)::int AS blocks, count(*) FILTER (WHERE e.kind = 'receipts')::int AS receipts,
      count(*) FILTER (WHERE e.kind = 'secondSource')::int AS "secondSource",
      count(*) FILTER (WHERE e.kind IS NULL OR e.kind = 'bloom')::int AS bloom
    FROM (SELECT to_jsonb(b) ->> 'evidence' AS kind FROM ledger.block b ORDER BY b.number DESC LIMIT 1000) e`,
}

const order: readonly SelfCheckName[] = ['sums', 'samples', 'rebuild']

/** What the mirror's checks of itself found, for everybody to see. */
export async function selfChecks(): Promise<SelfChecks> {
  const [rows, earlier, [counted]] = await Promise.all([
    ask<Row>(newest),
    ask<SelfChecks['alarms'][number]>(alarms),
    ask<SelfChecks['evidence']>(evidence),
  ])
  const known = rows.map((row) => ({ ...row, ...report.parse(row.report) }))
  const said = known.filter((row) => row.verdict !== 'unable')
  return {
    checks: order.flatMap((name) => said.filter((row) => row.name === name).map(checkOf)),
    unable: known
      .filter((row) => row.verdict === 'unable')
      .filter((row) => !said.some((other) => other.name === row.name && other.began > row.began))
      .map(({ name, finished, reason }) => ({ name, at: finished, reason: reason ?? 'no reason was given' })),
    alarms: earlier,
    evidence: counted ?? { blocks: 0, receipts: 0, secondSource: 0, bloom: 0 },
  }
}

function checkOf(row: Row & z.infer<typeof report>): SelfCheck {
  const { name, began, finished, block, verdict, compared, rulings, seed } = row
  return {
    name,
    finished,
    seconds: (finished.getTime() - began.getTime()) / 1000,
    block: block ?? 0n,
    verdict: verdict === 'differs' ? 'differs' : 'holds',
    compared,
    rules: rulings,
    seed: seed ?? null,
  }
}
