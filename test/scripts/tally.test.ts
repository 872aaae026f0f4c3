import { describe, expect, test } from 'vitest'
import {
  failuresOfSolidity,
  missingData,
  sum,
  tallyOfSolidity,
  tallyOfVitest,
  tallyWords,
} from '../../scripts/proof/tally.ts'

describe('counting what was proven', () => {
  test('Hardhat’s summary, coloured or not', () => {
    const output = '  ✔ test_a()\n\n  12 passing\n  1 failing\n  2 skipped\n\n  1) Demo#test_bad()\n'
    expect(tallyOfSolidity(output)).toEqual({ passed: 12, failed: 1, skipped: 2 })
    expect(failuresOfSolidity(output)).toEqual(['Demo#test_bad'])
    expect(tallyOfSolidity('  \u001b[32m3 passing\u001b[39m\n')).toEqual({ passed: 3, failed: 0, skipped: 0 })
  })

  test('a run that never came to a summary counts as none, not as zero failures', () => {
    expect(tallyOfSolidity('Error HHE906: Compilation failed\n')).toBeUndefined()
  })

  test('vitest’s report, where a file that broke before its first test is a failure', () => {
    const report = {
      testResults: [
        { name: '/a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'skipped' }] },
        {
          name: '/b.test.ts',
          status: 'failed',
          assertionResults: [{ status: 'failed', fullName: 'nobody pays twice' }, { status: 'pending' }],
        },
        { name: '/c.test.ts', status: 'failed', assertionResults: [] },
      ],
    }
    const tally = tallyOfVitest(JSON.stringify(report))
    expect(tally.failures).toEqual(['/b.test.ts nobody pays twice', '/c.test.ts before its first test'])
    expect(tally).toMatchObject({ passed: 1, failed: 2, skipped: 2 })
    expect([...tally.skippedIn]).toEqual([
      ['/a.test.ts', 1],
      ['/b.test.ts', 1],
    ])
  })

  test('data that were missing are named once, with the tests that waited for them', () => {
    const notes = [
      { name: 'purchases.csv', testFile: '/a.test.ts' },
      { name: 'purchases.csv', testFile: '/b.test.ts' },
      { name: 'customers.csv', testFile: '/b.test.ts' },
    ]
    const skippedIn = new Map([
      ['/a.test.ts', 2],
      ['/b.test.ts', 3],
      ['/other.test.ts', 7],
    ])
    const found = missingData(notes.map((note) => JSON.stringify(note)).join('\n'), skippedIn)
    expect(found).toEqual({ names: ['customers.csv', 'purchases.csv'], tests: 5 })
  })

  test('all runners together', () => {
    const whole = sum([
      { passed: 1, failed: 0, skipped: 2 },
      { passed: 3, failed: 1, skipped: 0 },
    ])
    expect(tallyWords(whole)).toBe('4 passed, 1 failed, 2 skipped')
  })
})
