#!/usr/bin/env node
// What the board allows where members get more points than others: from its decision on the chain into the database.
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { policyHash, readBoardPolicy } from '#indexer/scoring/board-policy.ts'
import { adoptPolicy } from './street/board-policy.ts'
import { Complaint, runToItsEnd } from './street/complaint.ts'
import { settings } from './street/config.ts'
import { readDeployment } from './street/deployment.ts'
import type { RunningStreet } from './street/hall.ts'
import { filesOf, readJson } from './street/place.ts'
import { rpcAt } from './street/rpc.ts'

const usage = `node scripts/policy.ts hash|adopt --file FILE [options]
The board's policy on multipliers (docs/acts/policy.md): a JSON text with a version, a date and bounds.

  hash     reads the text and prints its hash: the description that the board's proposal carries
  adopt    asks the chain whether the board has carried out a proposal with that hash, and only then writes the text
           down; it holds from its date on, and from today at the earliest

  --file FILE         the text, exactly as it was decided
  --data DIR          the data folder of an open street (default .data): its database, chain and deployment
  --rpc-url URL, --deployment FILE   a chain of your own; then DATABASE_URL names the database's owner
  --help              this page`

async function main(): Promise<number> {
  const { values, positionals } = valuesIn(process.argv.slice(2))
  const [what] = positionals
  if (values.help) {
    console.log(usage)
    return 0
  }
  if ((what !== 'hash' && what !== 'adopt') || positionals.length > 1)
    throw new Complaint('Say hash or adopt. See --help.')
  if (values.file === undefined || !existsSync(values.file)) throw new Complaint('--file names no file. See --help.')
  const document = readFileSync(values.file, 'utf8')
  if (what === 'hash') {
    const read = readBoardPolicy(document)
    if (typeof read === 'string') throw new Complaint(`${values.file} is no policy: ${read}.`)
    console.log(policyHash(document))
    return 0
  }
  const { seat, ownerUrl } = placeOf(values)
  const { version, proposal, fromDay, was } = await adoptPolicy(seat, ownerUrl, document)
  const from = new Date(fromDay * 86_400_000).toISOString().slice(0, 10)
  console.log(`version ${version} is ${was}: it holds from ${from}, by the board's decision ${proposal}`)
  return 0
}

function valuesIn(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const options = { file: text, data: text, 'rpc-url': text, deployment: text, help: flag } as const
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message.split('. ')[0] : error}. See --help.`)
  }
}

function placeOf(values: ReturnType<typeof valuesIn>['values']) {
  const files = filesOf(values.data ?? '.data')
  const running = readJson(files.running) as RunningStreet | undefined
  const rpcUrl = values['rpc-url'] ?? running?.rpcUrl
  const ownerUrl = values['rpc-url'] === undefined ? running?.databases?.['owner'] : settings().databaseUrl
  if (rpcUrl === undefined || ownerUrl === undefined) {
    throw new Complaint('No street is open there; name a chain with --rpc-url and --deployment, and set DATABASE_URL.')
  }
  const { contracts, startBlock } = readDeployment(values.deployment ?? files.deployment)
  return { seat: { rpc: rpcAt(rpcUrl), board: contracts.board, startBlock }, ownerUrl }
}

if (import.meta.main) runToItsEnd(main)
