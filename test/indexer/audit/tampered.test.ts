import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { quickChecks } from '#indexer/audit/checks.ts'
import type { CheckResult } from '#indexer/audit/findings.ts'
import { checkRebuild } from '#indexer/rebuild-beside.ts'
import { auditedBy } from '#indexer/self-checks.ts'
import { AuditedStreet, type MirrorCopy } from '#test/support/audited-street.ts'
import { change, invent, remove, tamperedTables } from '#test/support/tampering.ts'

/** Whoever changes the books behind the indexer's back is found, and the place is named. */

let street: AuditedStreet

beforeAll(async () => {
  street = await AuditedStreet.open()
})
afterAll(() => street?.close())

async function rebuilt({ config }: MirrorCopy): Promise<CheckResult> {
  const scratchUrl = config.selfCheck.scratchUrl ?? ''
  const signal = AbortSignal.timeout(100_000)
  return await checkRebuild({ config, scratchUrl, signal, tell: () => undefined, priority: 'usual' })
}

/** Table by table: how many rows differ, and of the first whether each book has it. */
const differences = ({ rulings }: CheckResult) =>
  Object.fromEntries(
    rulings.map(({ rule, differing, findings }) => {
      const [first] = findings
      const how =
        first === undefined ? 'same' : first.mirror === null ? 'missing' : first.chain === null ? 'extra' : 'changed'
      return [rule.replace('table ', ''), `${differing} ${how}`]
    }),
  )

describe.each([
  { what: 'changed', tamper: change, is: '1 changed' },
  { what: 'missing', tamper: remove, is: '1 missing' },
  { what: 'made up', tamper: invent, is: '1 extra' },
])('one row $what in every table', ({ tamper, is }) => {
  test('is found in each and named', { timeout: 240_000 }, async () => {
    const copy = await street.copy()
    const tables = await tamperedTables(copy)
    expect(tables.length).toBeGreaterThanOrEqual(18)
    for (const table of tables) expect(await copy.tamper(tamper(table)), table.table).toBe(1)
    const result = await rebuilt(copy)
    expect(result).toMatchObject({ verdict: 'differs' })
    expect(differences(result)).toEqual(Object.fromEntries(tables.map(({ table }) => [table, is])))
    for (const { rule, findings } of result.rulings) {
      expect(findings[0]?.where, rule).toMatch(new RegExp(`^${rule.replace('table ', '')}: .+`))
    }
  })
})

test('a finding says which row it is, and which column says what', async () => {
  const copy = await street.copy()
  expect(await copy.tamper(`UPDATE ledger.till SET budget = 4711 WHERE shop = 2 AND till = 1`)).toBe(1)
  const till = (await rebuilt(copy)).rulings.find(({ rule }) => rule === 'table till')
  expect(till?.findings).toEqual([{ where: 'till: shop 2, till 1', mirror: 'budget 4711', chain: 'budget 0' }])
})

const aWord = `(SELECT b.ctid FROM ledger.balance b JOIN ledger.points_token t USING (shop)
  WHERE b.stamp = t.quarter AND b.lane0 > 10 LIMIT 1)`

describe('each sum rule finds its own break, and no other does', () => {
  test.each([
    {
      rules: ['supply', 'lanes', 'flows'],
      sql: `UPDATE ledger.points_token SET lane0 = lane0 + 1 WHERE shop = 2`,
    },
    {
      rules: ['lanes'],
      sql: `UPDATE ledger.balance SET lane0 = lane0 - 1, lane1 = lane1 + 1 WHERE ctid = ${aWord}`,
    },
    {
      rules: ['flows'],
      sql: `UPDATE ledger.purchase SET points = points + 1
        WHERE ctid = (SELECT ctid FROM ledger.purchase LIMIT 1)`,
    },
    {
      rules: ['statements'],
      sql: `UPDATE ledger.movement SET points = points + 1
        WHERE ctid = (SELECT ctid FROM ledger.movement WHERE kind = 'issued' LIMIT 1)`,
    },
    { rules: ['net'], sql: 'UPDATE ledger.position SET net = net + 1 WHERE shop = 1' },
    { rules: ['deposits'], sql: 'UPDATE ledger.position SET withdrawn = withdrawn + 1 WHERE shop = 1' },
    {
      rules: ['held'],
      sql: `UPDATE ledger.position SET reserve = reserve + 1e15::numeric(78, 0),
        deposited = deposited + 1e15::numeric(78, 0) WHERE shop = 1`,
    },
    {
      rules: ['blocksLinked'],
      sql: `UPDATE ledger.block SET hash = set_byte(hash, 5, 255 - get_byte(hash, 5))
        WHERE number = (SELECT max(number) - 4 FROM ledger.block)`,
    },
    {
      rules: ['blocksLinked'],
      sql: `UPDATE ledger.payment SET block_number = block_number + 1000000
        WHERE ctid = (SELECT ctid FROM ledger.payment LIMIT 1)`,
    },
    { rules: ['blocksLinked'], sql: 'UPDATE ledger.checkpoint SET block = block - 1' },
    {
      rules: ['blocksLinked'],
      sql: `INSERT INTO ledger.checkpoint
        SELECT 'other', block, hash, final_block, head, updated_at FROM ledger.checkpoint`,
    },
  ])('$rules by $sql', async ({ rules, sql }) => {
    const copy = await street.copy()
    expect(await copy.tamper(sql)).toBe(1)
    const [sums] = await quickChecks(auditedBy(copy.config), { seed: 'sums', samples: 1 })
    const broken = sums?.rulings.filter(({ verdict }) => verdict === 'differs')
    expect(broken?.map(({ rule }) => rule).sort()).toEqual([...rules].sort())
    for (const { findings } of broken ?? []) expect(findings.length).toBeGreaterThan(0)
  })

  test('a mirror without its checkpoint is none, and nothing is promised', async () => {
    const copy = await street.copy()
    await copy.tamper('DELETE FROM ledger.checkpoint')
    const results = await quickChecks(auditedBy(copy.config), { seed: 'none', samples: 1 })
    for (const result of results) {
      expect(result).toMatchObject({ verdict: 'unable', reason: 'the mirror holds no block yet' })
    }
  })
})
