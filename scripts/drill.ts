#!/usr/bin/env node
// The faults and the chances that npm test tries briefly, at length.
import { parseArgs } from 'node:util'
import { type Drill, DrillMemory, drillState, invariantSuites, runSeed } from './proof/drill/invariants.ts'
import { drillMirror } from './proof/drill/mirror.ts'
import { drillRelayer } from './proof/drill/relayer.ts'
import { compileIfNeeded } from './street/compile.ts'
import { filesOf, logOf } from './street/place.ts'
import { progressOn } from './street/progress.ts'

const help = `npm run drill -- contracts [options]
npm run drill -- mirror [options]
npm run drill -- relayer [options]

contracts: lets chance act on the contracts as they are deployed, and checks every invariant after every act.

  --seeds N    how many seeds (default 4)
  --seed K     the first of them (default 1); the one a failure names
  --runs N     runs of each invariant from each seed (default 256)
  --depth N    acts in each run (default 256)
  --fresh      tries seeds again that came through before; without it a drill that was stopped goes on where it was

What came through is kept in ${drillState} for as long as contracts and tests say the same.

mirror: a street lives and forks; its node lies, lags and breaks off, the indexer is killed at named points and at
random, PostgreSQL is killed, full, read-only or replaced by its standby, and a reader looks on all the while.

relayer: a street sells and pays while transactions are dropped, undone, outbid, displaced and brought twice, blocks
vanish, fees jump, and the relayer forgets; everything promised must stand, and nothing twice.

  --seed K     what chance draws from (default 1)
  --minutes N  for how long (default 10)
  --help       this text

Ends with 0 only when every invariant held from every seed, or the mirror was row by row what a rebuild makes of it and
no reader saw anything else; if not, says the seed, what was done, what came, and how to do it again.`

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`--${name} ${text} was given; expected a whole number above 0`)
}

async function drillContracts(drill: Drill, past: 'kept' | 'forgotten'): Promise<number> {
  const progress = progressOn({ print: (line) => console.log(line), everyMs: 15_000 })
  const ready = await progress.during('compiling the contracts', () => invariantSuites())
  const memory = new DrillMemory(ready.sourcesHash)
  for (const seed of drill.seeds) {
    for (const suite of ready.suites) {
      const tried = { seed, suite: suite.id.name }
      const what = `seed ${seed}, ${tried.suite}`
      if (past === 'kept' && memory.has(tried, drill)) {
        progress.say(`${what}: came through before`)
        continue
      }
      const at = `${what}, ${drill.runs} runs of ${drill.depth} acts`
      const { calls, failures } = await progress.during(at, () => runSeed({ ...ready, suite }, drill, seed))
      if (failures.length > 0) {
        const again = `npm run drill -- contracts --seed ${seed} --seeds 1 --runs ${drill.runs} --depth ${drill.depth}`
        console.error(`\nseed ${seed}\n${failures.join('\n')}`)
        console.error(
          `  expected: every invariant holds after every act\n  to do:    ${again}\n            does it again`,
        )
        return 1
      }
      progress.say(`${what}: ${calls.toLocaleString('en')} acts, every invariant held`)
      memory.keep(tried, drill)
    }
  }
  console.log(`\ndrill: every invariant held from ${drill.seeds.length} seeds`)
  return 0
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '256' },
      depth: { type: 'string', default: '256' },
      minutes: { type: 'string', default: '10' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const what = positionals.length === 1 ? positionals[0] : undefined
  if (what !== 'contracts' && what !== 'mirror' && what !== 'relayer') {
    const came = positionals.join(' ') || 'nothing'
    console.error(`drill: ${came} was asked for; expected: contracts, mirror or relayer. See npm run drill -- --help`)
    return 1
  }
  const first = wholeNumber('seed', values.seed)
  if (what !== 'contracts') {
    const progress = progressOn({ print: (line) => console.log(line), everyMs: 15_000 })
    const asked = { seed: first, minutes: wholeNumber('minutes', values.minutes) }
    // In a new clone nothing has been compiled yet, and a drill deploys a street of its own.
    const log = logOf(filesOf('.data'), 'compiler')
    await compileIfNeeded({ log }, (work) => progress.during('compiling the contracts', work))
    return await (what === 'mirror' ? drillMirror : drillRelayer)(asked, progress)
  }
  const seeds = Array.from({ length: wholeNumber('seeds', values.seeds) }, (_, index) => first + index)
  const drill = { seeds, runs: wholeNumber('runs', values.runs), depth: wholeNumber('depth', values.depth) }
  return await drillContracts(drill, values.fresh ? 'forgotten' : 'kept')
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(`drill: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
