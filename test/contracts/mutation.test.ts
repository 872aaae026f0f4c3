// The record of npm run mutate speaks of the contracts as they are, and leaves nothing unsaid.
import { describe, expect, test } from 'vitest'
import { leastScore, readRecord, recordFile, scoreOf } from '../../scripts/proof/mutation/record.ts'
import { hasCode, readProduction } from '../../scripts/proof/solidity/compiler.ts'
import { sourceHash } from '../../scripts/proof/solidity/source-hash.ts'

const record = readRecord()
const sources = [...readProduction()].filter(([path]) => hasCode(path))

describe('what mutants the tests were tried with', () => {
  test('were those of every contract as it is now', () => {
    const stale = sources.filter(([path, text]) => record[path]?.sourceHash !== sourceHash(text)).map(([path]) => path)
    expect(stale, `${recordFile} knows other writings of these: npm run mutate -- --contract NAME for each`).toEqual([])
    const gone = Object.keys(record).filter((path) => !sources.some(([one]) => one === path))
    expect(gone, `${recordFile} names these, which are not there any more: take them out`).toEqual([])
  })

  test('were killed, but for few', () => {
    const poor = Object.entries(record).filter(([, entry]) => scoreOf(entry) < leastScore)
    expect(poor.map(([path, entry]) => `${path}: ${scoreOf(entry).toFixed(1)} %`)).toEqual([])
  })

  test('survived for a reason', () => {
    const silent = Object.entries(record).flatMap(([path, { survivors }]) =>
      survivors.filter(({ reason }) => reason.length < 20).map(({ line, mutant }) => `${path}:${line} ${mutant}`),
    )
    expect(silent, `give each a reason in ${recordFile}, or write a test that kills it`).toEqual([])
  })

  test('are counted right', () => {
    for (const [path, { tested, killed, equivalent, survivors }] of Object.entries(record)) {
      expect(killed + survivors.length, path).toBe(tested)
      expect(
        survivors.filter((one) => one.equivalent),
        path,
      ).toHaveLength(equivalent)
    }
  })
})

describe('a source says the same', () => {
  test('whatever its comments and its spacing, and only then', () => {
    const hash = sourceHash('contract A {\n  // why\n  uint256 public a = 1; /* so */\n}\n')
    expect(sourceHash('contract A { uint256 public a=1; }')).toBe(hash)
    expect(sourceHash('contract A { uint256 public a = 2; }')).not.toBe(hash)
    expect(sourceHash('contract A { string a = "// b"; }')).not.toBe(sourceHash('contract A { string a = "// c"; }'))
  })
})
