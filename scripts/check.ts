#!/usr/bin/env node
// All that can be known of the tree without running the product: types, style, the house's rules, generated files.
import { parseArgs } from 'node:util'
import { type Check, everyCheck } from './proof/checks.ts'
import { type Ended, repository, resultLine, runProgram } from './proof/program.ts'

const help = `npm run check [-- words]

Looks at every file without running the product, two checks at a time:
types of every room, style of TypeScript and Solidity, the rules of the house, freshness of generated files.

  words       only the checks whose name has one of these words, as in: npm run check -- types house
  --help      this text

Ends with 0 only when every check that ran holds.`

// More would only take turns on the two cores that a small machine has.
const atOnce = 2

interface Outcome {
  readonly check: Check
  readonly ended: Ended
}

async function runAll(checks: readonly Check[]): Promise<Outcome[]> {
  const waiting = [...checks]
  const outcomes: Outcome[] = []
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const ended = await runProgram(check.program)
      console.log(resultLine(ended.passed ? 'ok' : 'FAIL', check.name, ended.seconds))
      outcomes.push({ check, ended })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return outcomes
}

function explain({ check, ended }: Outcome): void {
  console.error(`\n${check.name}\n  came:\n${indent(ended.output.trim() || '(it said nothing)')}`)
  console.error(`  expected: ${check.expected}\n  to do:    ${check.remedy}`)
}

const indent = (text: string): string => text.replaceAll(/^/gm, '    ')

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const begun = performance.now()
  const wanted = everyCheck(repository).filter((check) => {
    return check.applies && (positionals.length === 0 || positionals.some((word) => check.name.includes(word)))
  })
  if (wanted.length === 0) {
    console.error(`No check has a name with: ${positionals.join(', ')}. See npm run check -- --help`)
    return 1
  }
  const outcomes = await runAll(wanted)
  const failed = outcomes.filter((outcome) => !outcome.ended.passed)
  for (const outcome of failed) explain(outcome)
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(`\ncheck: ${outcomes.length - failed.length} hold, ${failed.length} do not, in ${seconds} s`)
  return failed.length === 0 ? 0 : 1
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(`check could not run: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
