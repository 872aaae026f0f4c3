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
