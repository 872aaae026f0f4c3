#!/usr/bin/env node
// Every proof there is, cheapest first: check, Solidity tests, TypeScript tests, the browser journey.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { proofConfig } from './proof/config.ts'
import { repository, resultLine, runProgram } from './proof/program.ts'
import {
  failuresOfSolidity,
  missingData,
  nothing,
  sum,
  type Tally,
  tallyOfSolidity,
  tallyOfVitest,
  tallyWords,
} from './proof/tally.ts'

const help = `npm test [-- steps]

Runs every proof there is, cheapest first, and goes on after a failure so that one run tells all. What needs nothing
compiled runs beside the Solidity tests, as does the portal's build, and the browser journey beside the other TypeScript
tests; each is shown when it has ended.

  steps            only these: check solidity portal source promises browser
  --help           this text

  SKIP_BROWSER=1   leaves the browser journey out, and the last line says so
  CHROMIUM_PATH    the Chromium for the journey; else one on the PATH, else the one npm may have installed
  SHARED_DATA      the folder of public data sets (default: ../shared/data)
  REQUIRE_DATA=1   a missing data set fails its test instead of skipping it

Ends with 0 only when nothing failed.`

const stepNames = ['check', 'solidity', 'portal', 'source', 'promises', 'browser'] as const
type StepName = (typeof stepNames)[number]

interface Result {
  readonly passed: boolean
  readonly tally: Tally
  readonly seconds: number
  readonly failures?: readonly string[]
  readonly skippedIn?: ReadonlyMap<string, number>
  readonly notRun?: string
}

const notes = join(repository, '.cache', 'missing-data.jsonl')
type Show = (text: string) => void
const show: Show = (text) => {
  process.stdout.write(text)
}

async function runCheck(show: Show): Promise<Result> {
  const ended = await runProgram({ file: 'scripts/check.ts', args: [] }, show)
  return { passed: ended.passed, seconds: ended.seconds, tally: nothing }
}

async function runPortal(show: Show): Promise<Result> {
  const ended = await runProgram({ file: 'scripts/proof/portal.ts', args: [] }, show)
  return { passed: ended.passed, seconds: ended.seconds, tally: nothing }
}

async function runSolidity(show: Show): Promise<Result> {
  const tests = globSync('test/contracts/**/*.t.sol', { cwd: repository })
  if (tests.length === 0) return { passed: true, seconds: 0, tally: nothing, notRun: 'there are none yet' }
  const ended = await runProgram({ file: 'node_modules/hardhat/dist/src/cli.js', args: ['test', 'solidity'] }, show)
  const failures = failuresOfSolidity(ended.output)
  return { passed: ended.passed, seconds: ended.seconds, tally: tallyOfSolidity(ended.output) ?? nothing, failures }
}

async function runVitest(projects: readonly string[], show: Show, more: readonly string[] = []): Promise<Result> {
  const file = join(repository, '.cache', `${projects.join('-')}.json`)
  rmSync(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const args = ['run', ...projects.map((name) => `--project=${name}`), ...reporters, ...more]
  const ended = await runProgram({ file: 'node_modules/vitest/vitest.mjs', args }, show)
  if (!existsSync(file)) return { passed: false, seconds: ended.seconds, tally: nothing }
  const { skippedIn, failures, ...tally } = tallyOfVitest(readFileSync(file, 'utf8'))
  return { passed: ended.passed, seconds: ended.seconds, tally, failures, skippedIn }
}

async function runBrowser(show: Show): Promise<Result> {
  const notRun = (reason: string): Result => ({ passed: true, seconds: 0, tally: nothing, notRun: reason })
  if (proofConfig.skipBrowser) return notRun('SKIP_BROWSER=1')
  if (globSync('test/journeys/**/*.test.ts', { cwd: repository }).length === 0) return notRun('there is none yet')
  return await runVitest(['journeys'], show)
}

const runs: Readonly<Record<StepName, (show: Show) => Promise<Result>>> = {
  check: runCheck,
  solidity: runSolidity,
  portal: runPortal,
  // The Solidity compiler beside it has the other processor.
  source: (show) => runVitest(['house', 'source'], show, ['--maxWorkers=1']),
  promises: (show) => runVitest(['promises'], show),
  browser: runBrowser,
}

const titles: Readonly<Record<StepName, string>> = {
  check: 'check',
  solidity: 'Solidity tests',
  portal: 'the portal’s build',
  source: 'TypeScript tests that need nothing compiled',
  promises: 'TypeScript tests',
  browser: 'browser journey',
}

/** What runs at the same time: a compiler uses one processor, and the journey mostly waits for its browser. */
const groups: readonly (readonly StepName[])[] = [['check'], ['solidity', 'portal', 'source'], ['promises', 'browser']]

async function runSteps(steps: readonly StepName[]): Promise<ReadonlyMap<StepName, Result>> {
  const results = new Map<StepName, Result>()
  for (const group of groups) {
    const wanted = group.filter((step) => steps.includes(step))
    for (const { step, result } of await Promise.all(wanted.map(runStep))) {
      // A step may fail without a failed test, as when nothing compiles: the last line must not say "0 failed" then.
      const uncounted = !result.passed && result.tally.failed === 0
      results.set(step, uncounted ? { ...result, tally: { ...result.tally, failed: 1 } } : result)
    }
  }
  return results
}

/** The first of its group is seen while it runs; what the others say is shown in one piece when they have ended. */
async function runStep(step: StepName, place: number): Promise<{ readonly step: StepName; readonly result: Result }> {
  const heading = `\n== ${titles[step]}\n`
  if (place === 0) {
    show(heading)
    return { step, result: await runs[step](show) }
  }
  let said = heading
  const result = await runs[step]((text) => {
    said += text
  })
  show(said)
  return { step, result }
}

function summarize(results: ReadonlyMap<StepName, Result>): void {
  console.log('\n== Summary')
  for (const [step, { passed, seconds, tally, failures, notRun }] of results) {
    const mark = notRun === undefined ? (passed ? 'ok' : 'FAIL') : '-'
    const note =
      notRun === undefined ? (['check', 'portal'].includes(step) ? '' : tallyWords(tally)) : `NOT run: ${notRun}`
    console.log(resultLine(mark, titles[step], seconds, note))
    for (const failure of failures ?? []) console.log(`        ${relative(repository, failure)}`)
  }
  console.log(lastLine(results))
}

/** What a person reads who reads one line only: the counts, and everything that was not tried. */
function lastLine(results: ReadonlyMap<StepName, Result>): string {
  const parts = [tallyWords(sum([...results.values()].map((result) => result.tally)))]
  const skippedIn = new Map([...results.values()].flatMap((result) => [...(result.skippedIn ?? [])]))
  const missing = missingData(existsSync(notes) ? readFileSync(notes, 'utf8') : '', skippedIn)
  if (missing.names.length > 0) {
    parts.push(`${missing.tests} of them skipped for missing shared data (${missing.names.join(', ')})`)
  }
  const left = stepNames.filter((step) => !results.has(step))
  if (left.length > 0) parts.push(`only ${[...results.keys()].join(', ')} ran`)
  if (results.get('browser')?.notRun !== undefined) parts.push('browser journey NOT run')
  return parts.join('; ')
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const unknown = positionals.filter((word) => !stepNames.some((step) => step === word))
  if (unknown.length > 0) {
    console.error(`There is no step called ${unknown.join(', ')}. The steps are: ${stepNames.join(' ')}`)
    return 1
  }
  mkdirSync(join(repository, '.cache'), { recursive: true })
  rmSync(notes, { force: true })
  const steps = stepNames.filter((step) => positionals.length === 0 || positionals.includes(step))
  const results = await runSteps(steps)
  summarize(results)
  return [...results.values()].every((result) => result.passed) ? 0 : 1
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(`the tests could not run: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
