import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { askedBy } from '../../scripts/score/asked.ts'
import { fitFile } from '../../scripts/score/fit.ts'
import { predictFile } from '../../scripts/score/predict.ts'

const folder = mkdtempSync(join(tmpdir(), 'highstreet-score-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(content: string | Uint8Array): string {
  files += 1
  const path = join(folder, `${files}.csv`)
  writeFileSync(path, content)
  return path
}

const bg = '{"r":0.2425945,"alpha":4.4136019,"a":0.79292,"b":2.4259}'
const columns = ['--columns', 'x,t_x,T']

const refusalOf = (run: () => unknown): string => {
  try {
    run()
    return 'nothing was refused'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test('what is no table is refused with its code and its row', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const codesOf = (bytes: Uint8Array) => {
    told.mockClear()
    const path = fileOf(bytes)
    const refused = refusalOf(() => fitFile(askedBy(['fit', '--model', 'bg', '--input', path, '--columns', 'x,t_x,T'])))
    expect(refused).toContain('nothing of it was used')
    return told.mock.calls.map(([line]) => /^(file|row \d+): \w+/.exec(line)?.[0])
  }
  const text = (lines: string) => Buffer.from(lines)
  expect(codesOf(text(''))).toEqual(['file: empty'])
  expect(codesOf(text('x,t_x,T\n'))).toEqual(['file: noRows'])
  expect(codesOf(text('x,t_x\n1,2\n'))).toEqual(['file: columnMissing'])
  expect(codesOf(text('x,x,t_x,T\n1,1,2,3\n'))).toEqual(['file: columnTwice'])
  expect(codesOf(text('x,t_x,T\n1,2,3\n"1,2,3\n'))).toEqual(['row 2: notCsv'])
  expect(codesOf(Buffer.concat([text('x,t_x,T\n1,2,3\n'), Buffer.of(0xe9), text(',2,3\n')]))).toEqual([
    'row 2: notUtf8',
  ])
  told.mockRestore()
})

test('a mark of the byte order, line ends of any kind, quotes and columns beside are read through', () => {
  const path = fileOf('\uFEFF"note","x","t_x","T"\r\n"a, ""b""",2,10,20\r\n,"0",0,9\n\n')
  const asked = askedBy(['predict', '--model', 'bg', '--params', bg, '--at', '1', '--input', path, ...columns])
  expect(predictFile(asked)).toHaveLength(2)
})
