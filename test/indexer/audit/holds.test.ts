import { afterAll, beforeAll, expect, test } from 'vitest'
import { quickChecks } from '#indexer/audit/checks.ts'
import type { CheckResult } from '#indexer/audit/findings.ts'
import { checkRebuild } from '#indexer/rebuild-beside.ts'
import { auditedBy } from '#indexer/self-checks.ts'
import { AuditedStreet } from '#test/support/audited-street.ts'

/** What the audit says of books in which nothing is wrong. */

let street: AuditedStreet

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
