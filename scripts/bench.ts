#!/usr/bin/env node
// What things cost beside their peers, measured in one run.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Figure } from './bench/figure.ts'
import { gasFigures, printGas } from './bench/gas.ts'
import { type MirrorAsked, mirrorFigures } from './bench/mirror.ts'
import { scoringFigures } from './bench/scoring.ts'
import { ledgerFigures } from './bench/scoring-ledger.ts'
import { type TillAsked, tillFigures } from './bench/till.ts'
import { progressOn } from './street/progress.ts'

const help = `npm run bench -- gas|mirror|scoring|till [options]

Measures and prints a table.

  gas           gas of the hot paths: the token's own acts, batches of 500, payments by key and by passkey,
                beside OpenZeppelin's ERC-20 and ERC-1155 as they come, in the same run
  mirror        how fast a chain's history is mirrored, proven and unproven, and how soon a new block is seen, beside
                Ponder and Subsquid, on the same node and the same PostgreSQL; and what node and database allow at most

  scoring       how fast members are fitted and valued, and in how much memory, beside our own plain implementation
                (no tables, no merging, nothing kept) at 100,000 members
  till          the till API under load, on a street of the bench's own: latencies from the planned moment, however
                long others take; then the books, to the unit

  --members N   scoring: members (default 1,000,000)
  --large       scoring: instead, from purchases in the ledger, in a PostgreSQL of its own, to written scores, the way
                of the nightly fit (indexer/rescore); says first what disk that needs
  --purchases N scoring --large: purchases (default 10,000,000)
  --events N    mirror: events on each chain (default 200,000); the chain is made once and kept below .cache
  --shape NAME  mirror: dense (200 events a block) or sparse (2 to 10); default both
  --runs N      mirror: how often all of it is measured (default 1); medians, least and most are printed
  --sparse-runs N   mirror: the same for the sparse chain (default: as --runs, but 2 at most)
  --tip N       mirror: blocks mined at the tip (default 100)
  --seconds N   till: for so long (default 60)
  --rate N      till: requests a second (default 350)
  --mix P:R     till: purchases to payments, of a hundred (default 80:20); half of the payments are by passkey
  --kill LIST   till: relayer, web or both with a comma: killed by force during the load, and started again
  --json FILE   also writes a list of { name, value, unit, peer, peerValue, ratio, floor } there; what does not apply is
                left out
  --help        this text

gas: value is the gas of one act: a batch's divided by its size. ratio is value / peerValue. floor is the least any
token could take: 21,000 + calldata + 5,000 a changed word (22,100 if it was zero) + 375 x (1 + topics) + 8 a byte of
events. Nothing is warm, and every account holds something already.

mirror: an event is a transfer of points, which all of them write down; ours keeps every other event too. The peers are
installed from npm on first use, as scripts/bench/peers says, and cannot leave this machine. Memory is that of all
processes of an indexer together. Each is also timed from forks of 24 and 64 blocks to reads of the new branch (Ponder
takes 30 for final), and shown a node that leaves one transfer of several out of each answer.

scoring: simulated members, ages to 104 weeks in days; MBG/NBD and Gamma-Gamma fitted, 52 weeks valued
by the week. Each scoring is a process of its own, which reads its columns from files; peak memory is all that it ever
held.

Ends with 0 when everything was measured, every indexer ended with the balances that the chain has, and both ways of
scoring came to the same values.`

type Tell = ReturnType<typeof progressOn>

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`--${name} ${text} was given; expected a whole number above 0`)
}

async function benchMirror(asked: Omit<MirrorAsked, 'signal'>, progress: Tell): Promise<readonly Figure[]> {
  const stop = new AbortController()
  const asksToStop = (): void => stop.abort(new Error('stopped, as asked'))
  process.on('SIGINT', asksToStop)
  process.on('SIGTERM', asksToStop)
  return await mirrorFigures({ ...asked, signal: stop.signal }, progress)
}

async function main(): Promise<number> {
  // `npm run bench -- till -- --seconds 60` hands the second -- on to us.
  const args = process.argv.slice(2).filter((word) => word !== '--')
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      events: { type: 'string', default: '200000' },
      shape: { type: 'string', default: 'both' },
      runs: { type: 'string', default: '1' },
      'sparse-runs': { type: 'string' },
      tip: { type: 'string', default: '100' },
      members: { type: 'string', default: '1000000' },
      large: { type: 'boolean', default: false },
      purchases: { type: 'string', default: '10000000' },
      seconds: { type: 'string', default: '60' },
      rate: { type: 'string', default: '350' },
      mix: { type: 'string', default: '80:20' },
      kill: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const [what, ...more] = positionals
  if (more.length > 0) throw new Error(`${more[0]} was not expected. See npm run bench -- --help`)
  const progress = progressOn({ print: (line) => console.log(line) })
  const figures = await figuresAsked(what, values, progress)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
  return 0
}

interface Values {
  readonly events: string
  readonly shape: string
  readonly runs: string
  readonly 'sparse-runs'?: string | undefined
  readonly tip: string
  readonly members: string
  readonly large: boolean
  readonly purchases: string
  readonly seconds: string
  readonly rate: string
  readonly mix: string
  readonly kill: string
}

async function figuresAsked(what: string | undefined, values: Values, progress: Tell): Promise<readonly Figure[]> {
  switch (what) {
    case 'gas': {
      const figures = await progress.during('gas', gasFigures)
      printGas(figures)
      return figures
    }
    case 'mirror':
      return await benchMirror(mirrorOf(values), progress)
    case 'scoring':
      if (values.large) return await ledgerFigures(wholeNumber('purchases', values.purchases), progress)
      return await scoringFigures(wholeNumber('members', values.members), progress)
    case 'till':
      return await tillFigures(tillOf(values), progress)
    default:
      throw new Error(
        `${what ?? 'nothing'} was asked for; expected gas, mirror, scoring or till. See npm run bench -- --help`,
      )
  }
}

function tillOf(values: Values): TillAsked {
  const [, purchases = '', payments = ''] = /^(\d{1,3}):(\d{1,3})$/.exec(values.mix) ?? []
  if (Number(purchases) + Number(payments) !== 100) {
    throw new Error(`--mix ${values.mix} was given; expected two numbers that make a hundred, such as 80:20`)
  }
  const kill = values.kill.split(',').filter((name) => name !== '')
  for (const name of kill) {
    if (name !== 'relayer' && name !== 'web') {
      throw new Error(`--kill ${values.kill} was given; expected relayer, web or both`)
    }
  }
  return {
    seconds: wholeNumber('seconds', values.seconds),
    rate: wholeNumber('rate', values.rate),
    purchases: Number(purchases),
    kill: kill as TillAsked['kill'],
  }
}

function mirrorOf(values: Values): Omit<MirrorAsked, 'signal'> {
  const { shape } = values
  if (shape !== 'both' && shape !== 'dense' && shape !== 'sparse') {
    throw new Error(`--shape ${shape} was given; expected dense, sparse or both`)
  }
  const runs = wholeNumber('runs', values.runs)
  const sparse = values['sparse-runs']
  return {
    events: wholeNumber('events', values.events),
    shapes: shape === 'both' ? ['dense', 'sparse'] : [shape],
    runs,
    sparseRuns: sparse === undefined ? Math.min(2, runs) : wholeNumber('sparse-runs', sparse),
    tipBlocks: wholeNumber('tip', values.tip),
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
