import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Complaint, runToItsEnd } from './street/complaint.ts'
import { childEnvironment, settings } from './street/config.ts'
import { checkout } from './street/place.ts'
import { progressOn } from './street/progress.ts'
import { type MirrorAtHand, mirrorOf } from './street/verifying.ts'

const usage = `npm run verify -- [options]
Holds the mirror against the chain, and says whether it is true: adds up the whole mirror, draws balances and proves
them against the chain's state root, and rebuilds the ledger from nothing beside the mirror to compare every row.

  --json FILE    also writes the report there, as JSON (docs/audit.md describes it)
  --seed TEXT    draws the balances from TEXT (printed at every run; the same seed draws the same)
  --samples N    how many balances are drawn (default 200)
  --quick        rebuilds nothing
  --data DIR     the street's data folder (default .data)
  --help         this page

A street that is open is checked as it runs; of one that is closed, database, chain and mirror are started for the
while. The mirror is only read: the rebuild has a database of its own, and what was found is noted for the audit page.
Ends with 0 only if everything could be checked and holds.`

const flags = {
  json: { type: 'string' },
  seed: { type: 'string' },
  samples: { type: 'string' },
  quick: { type: 'boolean', default: false },
  data: { type: 'string', default: '.data' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values
  } catch (error) {
    throw new Complaint(
      `${error instanceof Error ? error.message.split('. ')[0] : error}. See npm run verify -- --help.`,
    )
  }
}

/** What the indexer's own program is told; a path as the person meant it, from where they called npm. */
export function argumentsFor(values: ReturnType<typeof valuesOf>): string[] {
  const { json, seed, samples, quick } = values
  if (samples !== undefined && !/^\d{1,5}$/.test(samples)) {
    throw new Complaint(`--samples takes a whole number up to 99999, not "${samples}".`)
  }
  return [
    ...(json === undefined ? [] : ['--json', resolve(settings().calledFrom ?? '.', json)]),
    ...(seed === undefined ? [] : ['--seed', seed]),
    ...(samples === undefined ? [] : ['--samples', samples]),
    ...(quick ? ['--quick'] : []),
  ]
}

/** The checks run in a program of their own, signed in as the indexer: no more rights than the mirror's writer has. */
function runChecks(args: readonly string[], mirror: MirrorAtHand): Promise<number> {
  const { confirmations } = settings()
  const child = spawn(process.execPath, [join(checkout, 'indexer', 'main.ts'), 'verify', ...args], {
    cwd: checkout,
    env: {
      ...childEnvironment(),
      NODE_ENV: 'production',
      RPC_URL: mirror.rpcUrl,
      DEPLOYMENT_FILE: mirror.deploymentFile,
      INDEXER_DATABASE_URL: mirror.indexerUrl,
      ...(mirror.scratchUrl === undefined ? {} : { SCRATCH_DATABASE_URL: mirror.scratchUrl }),
      ...(confirmations === undefined ? {} : { CONFIRMATIONS: confirmations }),
    },
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'))
  return new Promise((end, fail) => {
    child.once('error', fail)
    child.once('exit', (code) => end(code ?? 1))
  })
}

async function main(): Promise<number> {
  const values = valuesOf(process.argv.slice(2))
  if (values.help) {
    console.log(usage)
    return 0
  }
  const args = argumentsFor(values)
  const mirror = await mirrorOf(values.data, progressOn({ print: (line) => console.log(line) }))
  try {
    return await runChecks(args, mirror)
  } finally {
    await mirror.leave()
  }
}

if (import.meta.main) runToItsEnd(main)
