import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sharedFile } from '#test/support/shared-data.ts'
import { askedBy } from '../../scripts/score/asked.ts'
import { backtestFile } from '../../scripts/score/backtest.ts'
import { readTransactions } from '../../scripts/score/transactions-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'highstreet-score-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(lines: readonly string[]): string {
  files += 1
  const path = join(folder, `${files}.csv`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const refusalOf = (run: () => unknown): string => {
  try {
    run()
    return 'nothing was refused'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('transactions', () => {
  const daysOf = (...rows: string[]) => {
    const days = readTransactions('sales.csv', Buffer.from(['member,date,amount', ...rows].join('\n')))
    return [...days.day].map((day, index) => [days.member[index], day, days.spend[index]])
  }
  const [first, second, third] = ['1970-01-11', '1970-01-12', '1970-01-21']

  test('of one day are one purchase; a refund lowers the last purchase before it and is none', () => {
    expect(
      daysOf(`b,${second},3.00`, `a,${first},1.00`, `a,${first},2.50`, `a,${third},4.00`, `a,1970-01-30,-1.50`),
    ).toEqual([
      [0, 10, 350],
      [0, 20, 250],
      [1, 11, 300],
    ])
  })

  test('that were wholly given back are no purchase, whoever was given something for nothing came', () => {
    expect(daysOf(`a,${first},2.00`, `a,${second},5.00`, `a,${third},-5.00`, `b,${first},0.00`)).toEqual([
      [0, 10, 200],
      [1, 10, 0],
    ])
  })

  test('that cannot be read are named by their rows', () => {
    expect(refusalOf(() => daysOf('a,yesterday,1.00', ',1970-01-02,1.00', 'a,1970-01-02,1.234'))).toMatch(/3 faults/)
    expect(refusalOf(() => readTransactions('x.csv', Buffer.from('who,date,amount\n')))).toMatch(/a fault/)
    expect(refusalOf(() => daysOf())).toMatch(/a fault/)
  })

  test('of the CDNOW file are the same with its heading and without, as it is published', () => {
    const lines = [' 00001 19970101  1   11.77', ' 00002 19970112  5   77.00', ' 00002 19970112  1   12.00']
    const read = (text: string) => readTransactions('cdnow.txt', Buffer.from(text))
    const bare = read(`${lines.join('\n')}\n`)
    expect([...bare.spend]).toEqual([1177, 8900])
    expect(read([' customer_id  date number_of_cds  dollar_value', ...lines].join('\r\n'))).toEqual(bare)
    expect(refusalOf(() => read(`${lines.join('\n')}\n 3 19970112 1`))).toMatch(/a fault/)
  })

  const master = sharedFile('CDNOW_master.txt')
  test.skipIf(master.missing !== undefined)(
    'backtest prints the same for the rows in another order, and says why',
    () => {
      const lines = readFileSync(master.path ?? '', 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
      // Every tenth customer is enough for the order to show.
      const rows = lines.slice(1).filter((line) => line.trim().split(/\s+/)[0]?.endsWith('7'))
      const asked = (order: readonly string[]) =>
        askedBy([
          'backtest',
          '--input',
          fileOf([lines[0] as string, ...order]),
          '--calibration-end',
          '1997-09-30',
          '--holdout-end',
          '1998-06-30',
        ])
      const report = backtestFile(asked(rows))
      expect(JSON.stringify(backtestFile(asked(rows.toReversed())))).toBe(JSON.stringify(report))
      expect(report).toMatchObject({ horizon: 273, calibrationEnd: '1997-09-30', holdoutEnd: '1998-06-30' })
      const [only] = report.tests
      expect(only?.models.map(({ model, status }) => `${model} ${status}`).slice(0, 4)).toEqual([
        'bg converged',
        'mbg converged',
        'cnbd converged',
        'pareto converged',
      ])
      expect(only?.models[0]).toHaveProperty('deciles.length', 10)
      expect(only?.models[0]?.weekly).toHaveLength(39)
      expect(report.why).toContain(report.chosen)
    },
  )

  test('a back-test of what the file does not hold is refused', () => {
    const path = fileOf(['member,date,amount', `a,${first},1.00`, `a,${third},1.00`])
    const run = (end: string, last: string) =>
      refusalOf(() =>
        backtestFile(askedBy(['backtest', '--input', path, '--calibration-end', end, '--holdout-end', last])),
      )
    expect(run('1970-01-05', '1970-02-01')).toMatch(/nothing is known/)
    expect(run('1970-01-25', '1970-02-01')).toMatch(/holds nothing after/)
    expect(run('1970-01-15', '1970-01-15')).toMatch(/must lie after/)
    expect(run('soon', '1970-01-15')).toMatch(/calibration-end/)
  })
})
