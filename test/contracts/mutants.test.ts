// Six mistakes that each break one numbered rule: should the tests ever stop noticing them, this says so.
// npm run mutate -- --rules tries one for every rule; npm run mutate tries every small mistake there is.
import { expect, test } from 'vitest'
import { readRules, tryRules } from '../../scripts/proof/mutation/rules.ts'

test('a contract that breaks a rule fails the test that keeps the rule', { timeout: 400_000 }, async () => {
  const wanted = readRules().filter(({ inEveryRun }) => inEveryRun === true)
  expect(wanted.length).toBeGreaterThanOrEqual(6)
  const verdicts = await tryRules(wanted, () => undefined)
  for (const { rule, killed, came } of verdicts) {
    expect.soft(killed, `${rule.rule}: ${rule.mistake}; ${rule.test} must fail then, and ${came}`).toBe(true)
  }
  expect(verdicts).toHaveLength(wanted.length)
})

test('every numbered rule that a contract keeps has a mistake that breaks it', () => {
  const rules = new Set(readRules().map(({ rule }) => rule))
  // What a shop changes later (5), nothing personal (21), no upgrades (24): rules about what is not there.
  const kept = Array.from({ length: 26 }, (_, index) => `N-${index + 1}`)
  expect(kept.filter((rule) => !rules.has(rule) && !['N-5', 'N-21', 'N-24'].includes(rule))).toEqual([])
})
