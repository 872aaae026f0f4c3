import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { quickChecks } from '#indexer/audit/checks.ts'
import type { CheckResult } from '#indexer/audit/findings.ts'
import { connect } from '#indexer/db/connection.ts'
import { checkRebuild } from '#indexer/rebuild-beside.ts'
import { auditedBy, keepChecking } from '#indexer/self-checks.ts'
import { AuditedStreet } from '#test/support/audited-street.ts'

/** What the audit says of books in which nothing is wrong. */

let street: AuditedStreet
/** Who wanted to wait, and for how long; nobody is made to, for longer than a moment. */
const waits: { readonly ms: number; readonly signal: AbortSignal | undefined }[] = []

vi.mock('node:timers/promises', async (original) => {
  const timers = await original<typeof import('node:timers/promises')>()
  const setTimeout: typeof timers.setTimeout = (ms = 0, value, options) => {
    waits.push({ ms, signal: options?.signal })
    return timers.setTimeout(Math.min(ms, 20), value, options)
  }
  return { ...timers, setTimeout }
})

beforeAll(async () => {
  street = await AuditedStreet.open()
})
afterAll(() => street?.close())

const told = (result: CheckResult | undefined) =>
  result?.rulings.map(({ rule, verdict, findings }) => ({ rule, verdict, findings }))

test('books in which nothing is wrong hold, asked and proven', async () => {
  const [sums, samples] = await quickChecks(auditedBy(street.config()), { seed: 'holds', samples: 30 })
  expect(told(sums)?.filter(({ verdict }) => verdict !== 'holds')).toEqual([])
  expect(told(samples)?.filter(({ verdict }) => verdict !== 'holds')).toEqual([])
  expect(sums).toMatchObject({ name: 'sums', verdict: 'holds' })
  expect(samples).toMatchObject({ name: 'samples', verdict: 'holds', seed: 'holds' })
  const proofs = samples?.rulings.find(({ rule }) => rule === 'balancesProven')
  expect(proofs?.compared).toBeGreaterThanOrEqual(5)
})

test('the same seed draws the same', async () => {
  const once = await quickChecks(auditedBy(street.config()), { seed: 'again', samples: 3 })
  const twice = await quickChecks(auditedBy(street.config()), { seed: 'again', samples: 3 })
  expect(told(once[1])).toEqual(told(twice[1]))
})

test('books filled from nothing beside them are the same, table by table', async () => {
  const config = street.config()
  const scratchUrl = config.selfCheck.scratchUrl ?? ''
  const lines: string[] = []
  const tell = (line: string) => lines.push(line)
  const signal = AbortSignal.timeout(60_000)
  const result = await checkRebuild({ config, scratchUrl, signal, tell, priority: 'usual' })
  expect(result.reason).toBeUndefined()
  expect(told(result)?.filter(({ verdict }) => verdict !== 'holds')).toEqual([])
  expect(result).toMatchObject({ name: 'rebuild', verdict: 'holds' })
  for (const { rule, compared } of result.rulings) expect(compared, rule).toBeGreaterThan(0)
})

test('whoever follows checks again and again, rests twenty times as long as it took, and ends when told', async () => {
  const config = street.config()
  const selfCheck = { ...config.selfCheck, everySeconds: 1, samples: 3, rebuildEveryHours: 0 }
  const stop = new AbortController()
  const held: { check: string; time: number }[] = []
  const write = (line: string): void => {
    const { event, check, time } = JSON.parse(line) as { event: string; check: string; time: number }
    if (event === 'check.held') held.push({ check, time })
    if (held.length === 6) stop.abort()
  }
  await keepChecking({ config: { ...config, selfCheck }, log: pino({}, { write }), signal: stop.signal })
  expect(held.map(({ check }) => check)).toEqual(['sums', 'samples', 'sums', 'samples', 'sums', 'samples'])
  const books = await connect(street.databaseUrls.owner, 'DATABASE_URL')
  const { rows: kept } = await books.query<{ took: number }>(
    `SELECT extract(epoch FROM finished - began)::float * 1000 AS took FROM ledger.self_check WHERE name = 'sums'`,
  )
  await books.end()
  expect(kept).toHaveLength(3)
  const quickest = Math.min(...kept.map(({ took }) => took))
  const [first, ...between] = waits.filter(({ signal }) => signal === stop.signal).map(({ ms }) => ms)
  expect(first).toBe(2_000)
  for (const ms of between) expect(ms).toBeGreaterThanOrEqual(Math.max(1_000, 20 * Math.floor(quickest)))
})
