#!/usr/bin/env node
// What things cost beside their peers, measured in one run.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Figure } from './bench/figure.ts'
import { gasFigures, printGas } from './bench/gas.ts'
import { type MirrorAsked, mirrorFigures } from './bench/mirror.ts'
import { progressOn } from './street/progress.ts'

const help = `npm run bench -- gas|mirror [options]

Measures and prints a table.

  gas           gas of the hot paths: the token's own acts, batches of 500, payments by key and by passkey,
                beside OpenZeppelin's ERC-20 and ERC-1155 as they come, in the same run
  mirror        how fast a chain's history is mirrored, proven and unproven, and how soon a new block is seen, beside
                Ponder and Subsquid, on the same node and the same PostgreSQL; and what node and database allow at most

  --events N    mirror: events on each chain (default 200,000); the chain is made once and kept below .cache
  --shape NAME  mirror: dense (200 events a block) or sparse (2 to 10); default both
  --runs N      mirror: how often all of it is measured (default 1); medians are printed
  --tip N       mirror: blocks mined at the tip (default 100)
  --json FILE   also writes a list of { name, value, unit, peer, peerValue, ratio, floor } there; what does not apply is
                left out
  --help        this text

gas: value is the gas of one act: a batch's divided by its size. ratio is value / peerValue. floor is the least any
token could take: 21,000 + calldata + 5,000 a changed word (22,100 if it was zero) + 375 x (1 + topics) + 8 a byte of
events. Nothing is warm, and every account holds something already.

mirror: an event is a transfer of points, which all of them write down; ours keeps every other event too. The peers are
installed from npm on first use, as scripts/bench/peers says, and cannot leave this machine. Memory is that of all
processes of an indexer together. Ours is also timed from a fork of 64 blocks to reads of the new branch.

Ends with 0 when everything was measured, and every indexer ended with the balances that the chain has.`

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
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      events: { type: 'string', default: '200000' },
      shape: { type: 'string', default: 'both' },
      runs: { type: 'string', default: '1' },
      tip: { type: 'string', default: '100' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const [what, ...more] = positionals
  if ((what !== 'gas' && what !== 'mirror') || more.length > 0) {
    const came = positionals.join(' ') || 'nothing'
    console.error(`bench: ${came} was asked for; expected: gas or mirror. See npm run bench -- --help`)
    return 1
  }
  const progress = progressOn({ print: (line) => console.log(line) })
  const figures =
    what === 'gas' ? await progress.during('gas', gasFigures) : await benchMirror(mirrorOf(values), progress)
  if (what === 'gas') printGas(figures)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
  return 0
}

function mirrorOf(values: { events: string; shape: string; runs: string; tip: string }): Omit<MirrorAsked, 'signal'> {
  const { shape } = values
  if (shape !== 'both' && shape !== 'dense' && shape !== 'sparse') {
    throw new Error(`--shape ${shape} was given; expected dense, sparse or both`)
  }
  return {
    events: wholeNumber('events', values.events),
    shapes: shape === 'both' ? ['dense', 'sparse'] : [shape],
    runs: wholeNumber('runs', values.runs),
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
