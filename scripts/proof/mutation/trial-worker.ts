// Tries mutants one at a time, in a process of its own: one that loses the end of a loop is ended with it.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { runSuite, suiteName } from '../solidity/runner.ts'
import { neededArtifacts } from '../solidity/suites.ts'
import { chosen } from './schema.ts'
import type { Equipment, Told, Trial, Verdict } from './trial.ts'

const { artifacts, options }: Equipment = deserialize(readFileSync(process.argv[2] ?? ''))
const named = new Map(artifacts.map((artifact) => [suiteName(artifact), artifact]))

async function verdictOn({ number, suites, only }: Trial): Promise<Verdict> {
  for (const [index, { name }] of suites.entries()) {
    tell({ begins: index })
    const suite = named.get(name)
    if (suite === undefined) throw new Error(`there is no suite ${name}`)
    const narrowed = only === undefined ? options : { ...options, only }
    const run = await runSuite(suite, neededArtifacts(suite, artifacts), { ...narrowed, patch: chosen(number) })
    if (only !== undefined && run.passed.length + run.failed.length === 0) throw new Error(`no test is like ${only}`)
    const [failed] = run.failed
    if (failed !== undefined) return { failed }
  }
  return {}
}

function tell(told: Told): void {
  process.send?.(told)
}

process.on('message', async (trial: Trial) => {
  tell({ verdict: await verdictOn(trial) })
})
// Whoever asked has gone.
process.on('disconnect', () => process.exit(0))
