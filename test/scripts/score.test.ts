import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { testConfig } from '#test/support/config.ts'
import { sharedFile } from '#test/support/shared-data.ts'
import { askedBy } from '../../scripts/score/asked.ts'
import { fitFile } from '../../scripts/score/fit.ts'
import { predictFile, valueFile } from '../../scripts/score/predict.ts'

const folder = mkdtempSync(join(tmpdir(), 'highstreet-score-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(lines: readonly string[]): string {
  files += 1
  const path = join(folder, `${files}.csv`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** The whole command as a person runs it, less npm. */
function score(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/score.ts', ...args], {
    cwd: testConfig.root,
    encoding: 'utf8',
  })
  return { status, lines: stdout.trim().split('\n'), stderr }
}

const refusalOf = (run: () => unknown): string => {
  try {
    run()
    return 'nothing was refused'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const sample = sharedFile('cdnow_sample_cbs_btyd.csv')
const spends = sharedFile('cdnow_customers_summary_with_transactions.csv')
const donations = sharedFile('donations_bgbb_rf.csv')
const bg = '{"r":0.2425945,"alpha":4.4136019,"a":0.79292,"b":2.4259}'
const gg = '{"p":6.25,"q":3.74,"v":15.44}'

describe.skipIf(sample.missing !== undefined)('on the published files', () => {
  const cdnow = ['--input', sample.path ?? '', '--columns', 'x,t.x,T.cal']

  test('fit prints one line, the same for the rows in another order', () => {
    const { status, lines } = score('fit', '--model', 'bg', ...cdnow, '--json')
    expect([status, lines.length]).toEqual([0, 1])
    const line = JSON.parse(lines[0] as string)
    expect(Object.keys(line)).toEqual(['model', 'params', 'logLikelihood', 'n', 'status'])
    expect(line).toMatchObject({ model: 'bg', n: 2357, status: 'converged' })
    expect(line.logLikelihood).toBeCloseTo(-9582.42920667, 5)
    expect(Object.keys(line.params)).toEqual(['r', 'alpha', 'a', 'b'])
    const [heading, ...rows] = readFileSync(sample.path ?? '', 'utf8')
      .trim()
      .split('\n')
    const turned = fileOf([heading as string, ...rows.toReversed()])
    expect(score('fit', '--model', 'bg', '--input', turned, ...cdnow.slice(2), '--json').lines).toEqual(lines)
  })

  test.each([
    { model: 'mbg', args: cdnow, names: ['r', 'alpha', 'a', 'b'], n: 2357 },
    { model: 'cnbd', args: cdnow, names: ['k', 'r', 'alpha', 'a', 'b'], n: 2357 },
    { model: 'pareto', args: cdnow, names: ['r', 'alpha', 's', 'beta'], n: 2357 },
    {
      model: 'bgbb',
      args: ['--input', donations.path ?? '', '--columns', 'x,t.x,n.cal,custs'],
      names: ['alpha', 'beta', 'gamma', 'delta'],
      n: 11_104,
    },
    { model: 'gg', args: ['--input', spends.path ?? '', '--columns', 'x,zbar'], names: ['p', 'q', 'v'], n: 946 },
  ])('$model names its parameters as the list of published values does', ({ model, args, names, n }) => {
    const line = fitFile(askedBy(['fit', '--model', model, ...args]))
    expect([line.status, line.n, Object.keys(line.params ?? {})]).toEqual(['converged', n, names])
  })

  test('predict prints a line a row, in the order of the file', () => {
    const { status, lines } = score('predict', '--model', 'bg', '--params', bg, '--at', '39', ...cdnow, '--json')
    expect([status, lines.length]).toEqual([0, 2357])
    const first = JSON.parse(lines[0] as string)
    expect(Object.keys(first)).toEqual(['row', 'pAlive', 'expected'])
    expect(first.expected).toBeCloseTo(1.226, 3)
    expect(JSON.parse(lines[2] as string)).toMatchObject({ row: 3, pAlive: 1 })
    expect(JSON.parse(lines.at(-1) as string).row).toBe(2357)
  })

  test('value is what purchases are worth today, discounted at the end of each step', () => {
    const rows = ['--input', spends.path ?? '', '--columns', 'x,t_x,T,zbar']
    const asked = (horizon: string, rate: string) =>
      askedBy([
        'value',
        '--model',
        'bg',
        '--params',
        bg,
        '--gg',
        gg,
        '--horizon',
        horizon,
        '--step',
        '1',
        '--rate',
        rate,
        ...rows,
      ])
    const [first] = valueFile(asked('39', '0'))
    const undiscounted = predictFile(
      askedBy(['predict', '--model', 'bg', '--params', bg, '--at', '39', ...rows.slice(0, 2), '--columns', 'x,t_x,T']),
    )
    const spend = (6.25 * (15.44 + 2 * 22.35)) / (6.25 * 2 + 3.74 - 1)
    expect(first?.value).toBeCloseTo((undiscounted[0]?.expected ?? 0) * spend, 9)
    const [week] = valueFile(asked('1', '0.25'))
    const [weekAtFace] = valueFile(asked('1', '0'))
    expect(week?.value).toBeCloseTo((weekAtFace?.value ?? 0) / 1.25, 9)
  })
})

describe('what cannot be is refused by its row, and nothing is used', () => {
  const rows = ['x,t_x,T', '2,10,20', '1,30,20', '0,3,20', 'two,3,20', '1,2', '1.5,1,9', '-1,0,9', '1,0,9']

  test('every bad row is named, and the command ends with 1', () => {
    const { status, lines, stderr } = score(
      'fit',
      '--model',
      'mbg',
      '--input',
      fileOf(rows),
      '--columns',
      'x,t_x,T',
      '--json',
    )
    expect([status, lines]).toEqual([1, ['']])
    expect(stderr.match(/row \d+: \w+/g)).toEqual([
      'row 2: lastAfterEnd',
      'row 3: lastWithoutRepeats',
      'row 4: notANumber',
      'row 5: columns',
      'row 6: repeatsNotWhole',
      'row 7: repeatsNotWhole',
      'row 8: repeatsWithoutLast',
    ])
    expect(stderr).toContain('x is "two", no number')
  })

  const good = () => fileOf(['x,t_x,T', '2,10,20', '0,0,9'])
  const columns = ['--columns', 'x,t_x,T']
  test.each([
    {
      what: 'no such file',
      args: ['fit', '--model', 'bg', '--input', 'nowhere.csv', ...columns],
      says: /no file at nowhere/,
    },
    {
      what: 'no such column',
      args: ['fit', '--model', 'bg', '--input', '', '--columns', 'x,t_x,age'],
      says: /has a fault/,
    },
    {
      what: 'too few columns',
      args: ['fit', '--model', 'bg', '--input', '', '--columns', 'x,t_x'],
      says: /names 2 columns/,
    },
    { what: 'no such model', args: ['fit', '--model', 'arima', '--input', '', ...columns], says: /arima was given/ },
    { what: 'no model', args: ['fit', '--input', '', ...columns], says: /--model is missing/ },
    { what: 'k of 9', args: ['fit', '--model', 'cnbd', '--k', '9', '--input', '', ...columns], says: /--k takes/ },
    {
      what: 'no span',
      args: ['predict', '--model', 'bg', '--params', bg, '--input', '', ...columns],
      says: /--at is missing/,
    },
    {
      what: 'a span of 0',
      args: ['predict', '--model', 'bg', '--params', bg, '--at', '0', '--input', '', ...columns],
      says: /above 0/,
    },
    {
      what: 'no parameters',
      args: ['predict', '--model', 'bg', '--at', '1', '--input', '', ...columns],
      says: /--params is missing/,
    },
    {
      what: 'a negative parameter',
      args: [
        'predict',
        '--model',
        'bg',
        '--params',
        '{"r":-1,"alpha":1,"a":1,"b":1}',
        '--at',
        '1',
        '--input',
        '',
        ...columns,
      ],
      says: /--params cannot be used: r/,
    },
    {
      what: 'a parameter of another model',
      args: [
        'predict',
        '--model',
        'bg',
        '--params',
        '{"r":1,"alpha":1,"s":1,"beta":1}',
        '--at',
        '1',
        '--input',
        '',
        ...columns,
      ],
      says: /--params cannot be used/,
    },
  ])('$what', ({ args, says }) => {
    const asked = askedBy(args.map((arg) => (arg === '' ? good() : arg)))
    expect(refusalOf(() => (args[0] === 'fit' ? fitFile(asked) : predictFile(asked)))).toMatch(says)
  })

  test('an infinite mean spend, and a horizon that is no number of steps', () => {
    const path = fileOf(['x,t_x,T,zbar', '2,10,20,9.5'])
    const asked = (spend: string, step: string) =>
      askedBy([
        'value',
        '--model',
        'bg',
        '--params',
        bg,
        '--gg',
        spend,
        '--horizon',
        '52',
        '--step',
        step,
        '--rate',
        '0',
        '--input',
        path,
        '--columns',
        'x,t_x,T,zbar',
      ])
    expect(refusalOf(() => valueFile(asked('{"p":6,"q":0.9,"v":15}', '1')))).toMatch(/infinite/)
    expect(refusalOf(() => valueFile(asked(gg, '5')))).toMatch(/whole number .* of steps/)
  })

  test('nobody came again: a status in the line, and 1 at the end', () => {
    const { status, lines } = score(
      'fit',
      '--model',
      'mbg',
      '--input',
      fileOf(['x,t_x,T', '0,0,5', '0,0,9']),
      ...columns,
      '--json',
    )
    expect(status).toBe(1)
    expect(JSON.parse(lines[0] as string)).toEqual({
      model: 'mbg',
      params: null,
      logLikelihood: null,
      n: 2,
      status: 'noReturning',
    })
  })
})

test('--help tells all four, and anything else is sent there', () => {
  const { status, lines } = score('--help')
  expect(status).toBe(0)
  for (const word of ['fit', 'predict', 'value', 'backtest']) expect(lines.join('\n')).toContain(word)
  expect(score('guess').stderr).toContain('expected fit, predict, value, backtest, replay or check')
})
