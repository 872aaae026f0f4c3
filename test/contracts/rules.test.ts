// Every rule that contracts keep is cited where it is kept: by a test, by an invariant and by a mistake that breaks it.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRules } from '../../scripts/proof/mutation/rules.ts'
import { repository } from '../../scripts/proof/program.ts'

const rules = Array.from({ length: 26 }, (_, index) => `N-${index + 1}`)

/** The rules that these files name. */
function citedIn(patterns: readonly string[], but: RegExp = /^$/): ReadonlySet<string> {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: repository })).filter((file) => !but.test(file))
  expect(files).not.toEqual([])
  const texts = files.map((file) => readFileSync(join(repository, file), 'utf8'))
  return new Set(texts.flatMap((text) => text.match(/\bN-\d+\b/g) ?? []))
}

const missingFrom = (cited: ReadonlySet<string>): string[] => rules.filter((rule) => !cited.has(rule))

test('every rule of the contracts is named by a test that keeps it', () => {
  const tests = citedIn(['test/contracts/**/*.t.sol', 'test/contracts/**/*.test.ts'], /\b(rules|mutants)\.test\.ts$/)
  expect(missingFrom(tests)).toEqual([])
})

test('every rule of the contracts is named by an invariant', () => {
  expect(missingFrom(citedIn(['docs/invariants.md']))).toEqual([])
})

test('every rule of the contracts is named by a mistake that breaks it', () => {
  expect(missingFrom(new Set(readRules().map(({ rule }) => rule)))).toEqual([])
})
