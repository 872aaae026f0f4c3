import { afterAll, beforeAll, expect, test } from 'vitest'
import { spanEvidence } from '#web/queries/evidence.ts'
import { opening, openStreet, type Street } from './street.ts'

let street: Street

beforeAll(async () => {
  street = await openStreet()
  const evidences = ['receipts', 'receipts', 'secondSource', 'receipts', 'bloom', 'bloom', 'receipts']
  // The street has its first block already.
  await street.indexer.query('DELETE FROM ledger.block')
  for (const [index, evidence] of evidences.entries()) await street.block(10 + index, opening + index, evidence)
})
afterAll(() => street.close())

test.each([
  ['all receipts', 10n, 11n, { blocks: 2, weakest: 'receipts', bySecondSource: 0, byBloom: 0 }],
  ['one block of two sources', 10n, 13n, { blocks: 4, weakest: 'secondSource', bySecondSource: 1, byBloom: 0 }],
  ['blocks with a filter alone', 10n, 16n, { blocks: 7, weakest: 'bloom', bySecondSource: 1, byBloom: 2 }],
  ['a single block', 14n, 14n, { blocks: 1, weakest: 'bloom', bySecondSource: 0, byBloom: 1 }],
  ['more than is mirrored', 0n, 99n, { blocks: 7, weakest: 'bloom', bySecondSource: 1, byBloom: 2 }],
  ['nothing that is mirrored', 17n, 99n, { blocks: 0, weakest: undefined, bySecondSource: 0, byBloom: 0 }],
])('a span is as good as its weakest block: %s', async (_, from, to, evidence) => {
  expect(await spanEvidence({ from, to })).toEqual(evidence)
})

test('nothing else counts as evidence', async () => {
  await expect(street.block(17, opening, 'hearsay')).rejects.toThrow('block_evidence_check')
})
