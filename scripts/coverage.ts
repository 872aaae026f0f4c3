#!/usr/bin/env node
// Whether the Solidity tests go every way that the contracts can go.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Branch } from './proof/branches/branches.ts'
import { type Measured, measureBranches } from './proof/branches/measure.ts'
import { type Exclusions, exclusionsFile, readExclusions } from './proof/solidity/exclusions.ts'
import { progressOn } from './street/progress.ts'

const help = `npm run coverage [-- options]

Runs the Solidity tests on a copy of the production contracts that tells which way it goes, and lists every way that no
test went. A branch is: each outcome of the condition of an if, a loop, ?: or require; each outcome of either side of
&& and ||; the body of a function, of a modifier and of what follows a try; the same in assembly.
An assertion has no branch, since its failing would be a bug. Whether a modifier of somebody else's turns the wrong
people away is not a branch of ours: npm run mutate leaves each out and looks for a test that notices.

  --json FILE   also writes { contracts, missed, excluded } there
  --help        this text

Ways that no test can go are listed in ${exclusionsFile}, each with its reason.
Ends with 0 only when every other branch was gone, and no listed one.`

interface Row {
  readonly contract: string
  readonly branches: number
  readonly hit: number
  readonly excluded: number
}

interface Outcome {
  readonly rows: readonly Row[]
  readonly missed: readonly Branch[]
  readonly excluded: readonly Branch[]
  /** Exclusions that exclude nothing, and why. */
  readonly stale: readonly string[]
}

function compare({ branches, hits }: Measured, exclusions: Exclusions): Outcome {
  const listed = new Set(exclusions.branches.map(({ branch }) => branch))
  const names = new Map(branches.map((branch, number) => [branch.name, number]))
  const stale = [...listed].flatMap((name) => {
    const number = names.get(name)
    if (number === undefined) return [`${name}\n    is no branch of the contracts any more`]
    return hits.has(number) ? [`${name}\n    was gone ${hits.get(number)} times, so that it can be reached`] : []
  })
  const unseen = branches.filter((_, number) => !hits.has(number))
  const rows = [...new Set(branches.map(({ file }) => file))].map((file): Row => {
    const here = branches.flatMap((branch, number) => (branch.file === file ? [{ branch, number }] : []))
    return {
      contract: file,
      branches: here.length,
      hit: here.filter(({ number }) => hits.has(number)).length,
      excluded: here.filter(({ branch, number }) => listed.has(branch.name) && !hits.has(number)).length,
    }
  })
  const isListed = ({ name }: Branch): boolean => listed.has(name)
  return { rows, missed: unseen.filter((one) => !isListed(one)), excluded: unseen.filter(isListed), stale }
}

function print({ rows, missed, stale }: Outcome): void {
  const line = ({ contract, branches, hit, excluded }: Row): string => {
    const share = branches === excluded ? 100 : (100 * hit) / (branches - excluded)
    const left = excluded === 0 ? '' : `   ${excluded} cannot be reached`
    return `${contract.padEnd(42)} ${`${hit} / ${branches}`.padStart(11)} ${share.toFixed(1).padStart(7)} %${left}`
  }
  console.log(`\n${'contract'.padEnd(42)} ${'branches'.padStart(11)}`)
  for (const row of rows) console.log(line(row))
  const total = (field: 'branches' | 'hit' | 'excluded'): number => rows.reduce((sum, row) => sum + row[field], 0)
  console.log(line({ contract: 'all', branches: total('branches'), hit: total('hit'), excluded: total('excluded') }))
  if (missed.length > 0) {
    console.error(`\nbranches\n  came:     ${missed.length} that no test goes:`)
    for (const { line: at, name, file } of missed) console.error(`    ${file}:${at} ${name.slice(file.length + 1)}`)
    console.error('  expected: every branch is gone by a Solidity test')
    console.error(`  to do:    write the test, or name the branch in ${exclusionsFile} with the reason why none can be`)
  }
  if (stale.length > 0) {
    console.error(`\nexclusions\n  came:     ${stale.length} in ${exclusionsFile} that exclude nothing:`)
    for (const one of stale) console.error(`    ${one}`)
    console.error('  expected: only branches that exist and that no test reaches\n  to do:    take these out')
  }
}

async function main(): Promise<number> {
  const options = { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  const { values } = parseArgs({ options })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const progress = progressOn({ print: (line) => console.log(line) })
  const exclusions = readExclusions()
  const measured = await progress.during('branches', (detail) => measureBranches(exclusions, detail))
  const outcome = compare(measured, exclusions)
  print(outcome)
  if (values.json !== undefined) {
    const { rows, missed, excluded } = outcome
    writeFileSync(values.json, `${JSON.stringify({ contracts: rows, missed, excluded }, null, 2)}\n`)
  }
  const good = outcome.missed.length === 0 && outcome.stale.length === 0
  const verdict = good ? 'every branch that can be reached is' : `${outcome.missed.length} branches are not`
  console.log(`\ncoverage: ${verdict} gone by the ${measured.testsPassed} Solidity tests`)
  return good ? 0 : 1
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(`the branches could not be measured: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
