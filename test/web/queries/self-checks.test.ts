import { afterAll, beforeAll, expect, test } from 'vitest'
import { selfChecks } from '#web/queries/self-checks.ts'
import { openStreet, type Street } from './street.ts'

let street: Street

beforeAll(async () => {
  street = await openStreet()
})
afterAll(() => street.close())

const ruling = (rule: string, verdict: 'holds' | 'differs') => ({
  rule,
  says: `${rule} is right`,
  verdict,
  compared: 7,
  differing: verdict === 'holds' ? 0 : 1,
  findings: verdict === 'holds' ? [] : [{ where: 'shop 1', mirror: '5', chain: null }],
  detail: '7 shops',
})

async function checked(name: string, minute: number, verdict: 'holds' | 'differs' | 'unable'): Promise<void> {
  const began = new Date(Date.UTC(2026, 2, 1, 9, minute))
  const said = verdict === 'unable' ? null : 40 + minute
  const report =
    verdict === 'unable'
      ? { rulings: [], reason: 'the node does not answer' }
      : { rulings: [ruling('supply', verdict)] }
  await street.ledger('self_check', {
    name,
    began,
    finished: new Date(began.getTime() + 1_500),
    block: said,
    hash: said === null ? null : Buffer.alloc(32, 7),
    verdict,
    compared: 7,
    report: JSON.stringify(report),
  })
}

test('a mirror never checked says so', async () => {
  expect(await selfChecks()).toMatchObject({ checks: [], unable: [], alarms: [] })
})

test('the newest of each check that could say something, and every time it differed', async () => {
  await checked('sums', 1, 'holds')
  await checked('sums', 2, 'differs')
  await checked('sums', 3, 'holds')
  await checked('samples', 1, 'holds')
  await checked('samples', 2, 'unable')
  await checked('rebuild', 1, 'unable')
  await checked('rebuild', 2, 'differs')
  const found = await selfChecks()
  expect(found.checks).toMatchObject([
    { name: 'sums', block: 43n, verdict: 'holds', compared: 7n, seconds: 1.5 },
    { name: 'samples', block: 41n, verdict: 'holds' },
    { name: 'rebuild', block: 42n, verdict: 'differs', rules: [ruling('supply', 'differs')] },
  ])
  expect(found.unable).toMatchObject([{ name: 'samples', reason: 'the node does not answer' }])
  expect(found.alarms).toMatchObject([
    { name: 'sums', block: 42n },
    { name: 'rebuild', block: 42n },
  ])
})
