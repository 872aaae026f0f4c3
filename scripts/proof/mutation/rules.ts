import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repository } from '../program.ts'
import { type AstNode, everyChild, SourceText, type Span, spanOf } from '../solidity/ast.ts'
import { readProduction, readSources, type Sources, syntaxTrees } from '../solidity/compiler.ts'
import { artifactsOf, isSuite, suiteName } from '../solidity/runner.ts'
import { changedText, hostOf } from './change.ts'
import type { Mutant } from './collect.ts'
import { compileSchema } from './schema.ts'
import { TrialProcess } from './trial-pool.ts'

export const rulesFile = 'test/contracts/mutants/rules.json'

const rules = z.array(
  z.strictObject({
    rule: z.string().regex(/^N-\d+$/),
    /** What somebody could do then, in words. */
    mistake: z.string(),
    file: z.string(),
    /** Stands in the file once; a condition, a value or a whole statement. */
    find: z.string(),
    replace: z.string(),
    /** The Solidity test that must fail. */
    test: z.string(),
    /** Tried by `npm test` too. */
    inEveryRun: z.boolean().optional(),
  }),
)

export type RuleMutant = z.infer<typeof rules>[number]

export interface RuleVerdict {
  readonly rule: RuleMutant
  /** Whether the named test failed because of the mistake; else what came instead. */
  readonly killed: boolean
  readonly came: string
}

export function readRules(): RuleMutant[] {
  return rules.parse(JSON.parse(readFileSync(join(repository, rulesFile), 'utf8')))
}

/** Makes mistakes that each break one numbered rule, and sees whether the test that keeps the rule fails. */
export async function tryRules(wanted: readonly RuleMutant[], tell: (text: string) => void): Promise<RuleVerdict[]> {
  const production = readProduction()
  const trees = await syntaxTrees(production)
  const mutants = wanted.map((rule) => mutantOf(rule, production, trees))
  const tests = readSources(['test/contracts/**/*.t.sol'])
  const homes = wanted.map((rule) => homeOf(rule, tests))
  const support = readSources(['contracts/**/*.sol', 'test/contracts/support/**/*.sol'])
  const sources = new Map([...support, ...homes.map((path): [string, string] => [path, tests.get(path) ?? ''])])
  const schema = await compileSchema(sources, mutants, tell)
  for (const { mutant, because } of schema.refused) {
    throw new Error(`${rulesFile}: ${mutant.change} is not Solidity: ${because}`)
  }
  const artifacts = artifactsOf(schema.compilation)
  const suites = artifacts.filter(isSuite)
  using prepared = TrialProcess.prepare({ artifacts, options: { gasLimit: 20_000_000_000n } })
  using trials = prepared.open()
  const verdicts: RuleVerdict[] = []
  for (const [index, rule] of wanted.entries()) {
    tell(`${rule.rule}: ${rule.mistake}`)
    const named = suites.filter(({ id, contract }) => id.source === homes[index] && contract.abi.includes(rule.test))
    const trial = {
      suites: named.map((suite) => ({ name: suiteName(suite), mostSeconds: 120 })),
      only: `^${rule.test}\\(`,
    }
    const sound = await trials.judge({ ...trial, number: 0 })
    const broken = await trials.judge({ ...trial, number: index + 1 })
    const came =
      sound.failed !== undefined
        ? `${rule.test} fails without the mistake: ${sound.failed.reason}`
        : (broken.failed?.reason ?? `${rule.test} passes all the same`)
    verdicts.push({ rule, killed: sound.failed === undefined && broken.failed !== undefined, came })
  }
  return verdicts
}

function homeOf({ test, rule }: RuleMutant, tests: Sources): string {
  const homes = [...tests].filter(([, text]) => text.includes(`function ${test}(`)).map(([path]) => path)
  const [home] = homes
  if (home !== undefined && homes.length === 1) return home
  const came = homes.length === 0 ? 'no Solidity test is called so' : `it is in ${homes.join(' and ')}`
  throw new Error(`${rulesFile} names ${test} for ${rule}; ${came}. Name the one test that keeps the rule.`)
}

function mutantOf(rule: RuleMutant, production: Sources, trees: ReadonlyMap<string, AstNode>): Mutant {
  const { file, find, replace } = rule
  const text = production.get(file)
  const tree = trees.get(file)
  const times = (text?.split(find).length ?? 1) - 1
  if (text === undefined || tree === undefined || times !== 1) {
    throw new Error(
      `${rulesFile}: the place for ${rule.rule} stands ${times} times in ${file}\n  came:     ${find}\n` +
        '  expected: a piece of that source that stands there once\n  to do:    write it as the source does now',
    )
  }
  const source = new SourceText(file, text)
  const from = Buffer.byteLength(text.slice(0, text.indexOf(find)))
  const span = { from, to: from + Buffer.byteLength(find) }
  // The compiler leaves the last semicolon out of a statement.
  const [node, ...ancestors] = pathTo(tree, { from, to: from + Buffer.byteLength(find.replace(/;\s*$/, '')) })
  const change = { kind: rule.rule, span, becomes: replace }
  const whole = find.trimEnd().endsWith(';')
  const host = node === undefined ? undefined : hostOf(source, change, node, ancestors, whole ? 'statement' : 'any')
  if (host === undefined)
    throw new Error(`${rulesFile}: ${rule.rule} changes neither a value nor one statement: ${find}`)
  const line = source.lineAt(from)
  const said = {
    line,
    place: rule.rule,
    kind: rule.mistake,
    change: `${find} -> ${replace || 'nothing'}`,
    key: rule.rule,
  }
  return { file, ...said, form: host.form, span: host.span, text: changedText(source, host.span, change) }
}

/** The smallest node around a span, and what is around that, nearest first. */
function pathTo(tree: AstNode, span: Span): AstNode[] {
  const path = [tree]
  for (;;) {
    const next = everyChild(path[0] ?? tree).find((below) => {
      const { from, to } = spanOf(below)
      return from <= span.from && span.to <= to
    })
    if (next === undefined) return path
    path.unshift(next)
  }
}
