#!/usr/bin/env node
// Makes every small mistake we can think of in the contracts, one at a time, and sees whether a test notices.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { tryMutants } from './proof/mutation/campaign.ts'
import { collectMutants, type Mutant } from './proof/mutation/collect.ts'
import { leastScore, readRecord, recordFile } from './proof/mutation/record.ts'
import { type Findings, report } from './proof/mutation/report.ts'
import { readRules, rulesFile, tryRules } from './proof/mutation/rules.ts'
import { MutationState, stateFile } from './proof/mutation/state.ts'
import { repository } from './proof/program.ts'
import { readProduction, readSources, type Sources, solidityOf, syntaxTrees } from './proof/solidity/compiler.ts'
import { exclusionsFile, readExclusions } from './proof/solidity/exclusions.ts'
import { hashOfSources, sourceHash } from './proof/solidity/source-hash.ts'
import { progressOn } from './street/progress.ts'

const help = `npm run mutate [-- options]

Makes thousands of small mistakes in the production contracts, one at a time, and runs the Solidity tests until one
fails; the invariants are not asked. Mistakes that no test notices are listed in ${recordFile},
where each needs a reason.

  --contract NAME  only this contract or library; may be given more than once
  --since COMMIT   only lines changed since then; what is known of the others is kept
  --shard I/N      only every N-th mutant, beginning with the I-th
  --seed N         another seed for the fuzzed tests than hardhat.config.ts has
  --fresh          forgets what earlier runs found out (${stateFile}); without it a run that was stopped goes on
  --rules          instead breaks one numbered rule (N-...) at a time, as ${rulesFile}
                   says, and sees whether the test that keeps the rule fails
  --list           only says what would be tried
  --help           this text

A mutant that a test killed stays killed while its contract says the same, even when tests change; survivors are tried
again, but for those that the record argues to be equivalent. A contract is written down once all of its mutants were
tried.
Ends with 0 only when at least ${leastScore} % of the mutants that are not argued to be equivalent were killed in every
contract tried.`

const flags = {
  contract: { type: 'string', multiple: true },
  since: { type: 'string' },
  shard: { type: 'string' },
  seed: { type: 'string' },
  fresh: { type: 'boolean' },
  rules: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const progress = progressOn({ print: (line) => console.log(line) })

/** Lines of a file that changed since a commit. */
function changedLines(file: string, since: string): (line: number) => boolean {
  const args = ['diff', '--unified=0', '--no-color', since, '--', file]
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: repository, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git diff ${since} said: ${stderr.trim()}. Expected a commit; see git log.`)
  const ranges = [...stdout.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].map(([, from = '0', count = '1']) => {
    return [Number(from), Number(from) + Number(count)] as const
  })
  return (line) => ranges.some(([from, to]) => from <= line && line < to)
}

function chosenFiles(found: ReadonlyMap<string, readonly Mutant[]>, names: readonly string[]): string[] {
  const files = [...found.keys()]
  const unknown = names.filter((name) => !files.some((file) => solidityOf(file) === name))
  if (unknown.length > 0) {
    throw new Error(
      `--contract ${unknown.join(' --contract ')} was asked for; the contracts are: ${files.map(solidityOf).join(' ')}`,
    )
  }
  return names.length === 0 ? files : files.filter((file) => names.includes(solidityOf(file)))
}

function shardOf(text: string | undefined): (index: number) => boolean {
  if (text === undefined) return () => true
  const [, part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (!(part >= 1 && part <= parts))
    throw new Error(`--shard ${text} was given; expected I/N with I from 1 to N, as 1/4`)
  return (index) => index % parts === part - 1
}

/** Which survivors the record argues to be equivalent. */
function argued(): (file: string, key: string) => boolean {
  const record = readRecord()
  return (file, key) => record[file]?.survivors.some(({ mutant, equivalent }) => equivalent && mutant === key) ?? false
}

function currentCommit(): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository, encoding: 'utf8' })
  return stdout.trim() || 'unknown'
}

/** What is to be tried now: neither found out before, nor left out by what the person asked for. */
function openMutants(
  { files, found, state, hashes }: Findings,
  { since, shard }: { readonly since?: string | undefined; readonly shard?: string | undefined },
): Mutant[] {
  const inShard = shardOf(shard)
  return files.flatMap((file) => {
    const mutants = found.get(file) ?? []
    const changed = since === undefined ? () => true : changedLines(file, since)
    const untouched = new Set(mutants.filter(({ line }) => !changed(line)).map(({ key }) => key))
    state.open(file, hashes.get(file) ?? '', (key) => since !== undefined && untouched.has(key))
    const asked = mutants.filter((mutant, index) => inShard(index) && changed(mutant.line))
    return asked.filter((mutant) => state.outcomeOf(mutant) === undefined)
  })
}

async function tryAll(mutants: readonly Mutant[], sources: Sources, state: MutationState, seed: string | undefined) {
  const count = { killed: 0, survived: 0, 'no Solidity': 0 }
  let stop = false
  process.once('SIGINT', () => {
    console.log(`stopping; ${stateFile} keeps what was found out, and the same command goes on from there`)
    stop = true
  })
  const gasTests = readExclusions().gasTests.map(({ test }) => test)
  const campaign = { sources, mutants, gasTests, exclusionsFile, fuzzSeed: seed }
  await progress.during(`trying ${mutants.length} mutants`, async (detail) => {
    await tryMutants(campaign, {
      tell: (text) => detail(`${text}: ${count.killed} killed, ${count.survived} survived`),
      decided: (mutant, outcome) => {
        count[outcome.status] += 1
        state.note(mutant, outcome)
      },
      stopped: () => stop,
    })
  })
  state.save()
}

async function rulesHold(): Promise<boolean> {
  const verdicts = await progress.during('breaking the rules', (detail) => tryRules(readRules(), detail))
  for (const { rule, killed, came } of verdicts) {
    console.log(`${killed ? 'kept' : 'NOT '} ${rule.rule.padEnd(5)} ${rule.mistake}: ${rule.test}`)
    if (!killed) {
      console.error(
        `  came:     ${came}\n  expected: ${rule.test} fails with ${rule.find} -> ${rule.replace || 'nothing'}`,
      )
      console.error(`  to do:    mend the test, or name the one that keeps the rule in ${rulesFile}`)
    }
  }
  return verdicts.every(({ killed }) => killed)
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: flags })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  if (values.rules === true) return (await rulesHold()) ? 0 : 1
  const production = readProduction()
  const sources = readSources(['contracts/**/*.sol', 'test/contracts/**/*.sol'])
  const trees = await progress.during('reading the contracts', () => syntaxTrees(production))
  const found = collectMutants(trees, production)
  const tests = new Map([...sources].filter(([path]) => path.startsWith('test/')))
  const findings = {
    files: chosenFiles(found, values.contract ?? []),
    found,
    state: new MutationState(hashOfSources(tests), values.fresh === true ? 'forgotten' : 'kept', argued()),
    hashes: new Map([...production].map(([path, text]) => [path, sourceHash(text)])),
    commit: currentCommit(),
  }
  const open = openMutants(findings, values)
  progress.say(`${open.length} mutants to try in ${findings.files.length} sources`)
  if (values.list === true) {
    for (const { file, line, key } of open) console.log(`${file}:${line} ${key}`)
    return 0
  }
  if (open.length > 0) await tryAll(open, sources, findings.state, values.seed)
  return report(findings) ? 0 : 1
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(`the mutants could not be tried: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
