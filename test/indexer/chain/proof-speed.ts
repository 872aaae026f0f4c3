#!/usr/bin/env node
// What proving costs, part by part, on a chain that test/indexer/long-chain.ts has made: nothing is written down.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { keccak256 as viemKeccak } from 'viem'
import { proveLogs } from '#indexer/chain/by-receipts.ts'
import { headerCall, numbers, receiptsCall } from '#indexer/chain/calls.ts'
import { readHeader } from '#indexer/chain/header.ts'
import { keccak256 } from '#indexer/chain/keccak.ts'
import { openNode } from '#indexer/chain/node.ts'
import { eventsAmong, type PlacedLog } from '#indexer/chain/stretch.ts'
import { directoryOf, type MirroredNetwork } from '#indexer/ledger/ledger.ts'

const help = `Usage: node test/indexer/chain/proof-speed.ts --life FOLDER --url URL [--blocks NUMBER]

Fetches headers and receipts from the node at URL, which stands on FOLDER/state.json (anvil --load-state), proves and
reads them, and prints as one line of JSON the CPU milliseconds a block for each part, and the events a second of all of
it on one core.`

/** CPU seconds of this process until now. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}

class Meter {
  readonly spent = new Map<string, number>()

  async of<result>(part: string, work: () => result | Promise<result>): Promise<result> {
    const before = cpuSeconds()
    const result = await work()
    this.spent.set(part, (this.spent.get(part) ?? 0) + cpuSeconds() - before)
    return result
  }
}

function microsecondsFor(hash: (bytes: Uint8Array) => unknown): number {
  const bytes = new Uint8Array(540).fill(7)
  const times = 5_000
  const before = cpuSeconds()
  for (let time = 0; time < times; time += 1) hash(bytes)
  return Math.round(((cpuSeconds() - before) / times) * 10_000_000) / 10
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      life: { type: 'string' },
      url: { type: 'string' },
      blocks: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true || values.life === undefined || values.url === undefined) {
    console.log(help)
    return
  }
  const life = JSON.parse(readFileSync(join(values.life, 'life.json'), 'utf8')) as { blocks: number }
  const deployment = JSON.parse(readFileSync(join(values.life, 'deployment.json'), 'utf8')) as MirroredNetwork
  const node = openNode(values.url)
  const meter = new Meter()
  let directory = directoryOf(deployment, [])
  const last = Math.min(life.blocks, Number(values.blocks ?? life.blocks))
  let [events, logs] = [0, 0]
  for (let from = 1; from <= last; from += 20) {
    const heights = numbers(from, Math.min(last, from + 19))
    const calls = heights.flatMap((height) => [headerCall(height), receiptsCall(height)])
    const answers = await meter.of('fetch and parse', () => node.ask(calls))
    const headers = await meter.of('headers', () => heights.map((_, index) => readHeader(answers[index * 2])))
    const proven = await meter.of('receipts', () => {
      return headers.flatMap((header, index): readonly PlacedLog[] => {
        if (header === undefined || 'forged' in header) throw new Error('a header is not proven')
        const proof = proveLogs(header, answers[index * 2 + 1])
        if (proof === 'unknownKind' || 'refused' in proof) throw new Error('receipts are not proven')
        return proof.logs
      })
    })
    const read = await meter.of('events', () => eventsAmong(proven, directory))
    directory = new Map([...directory, ...read.newcomers])
    events += read.events.length
    logs += proven.length
  }
  const total = [...meter.spent.values()].reduce((sum, one) => sum + one, 0)
  const eachBlock = [...meter.spent].map(([part, spent]) => [part, Math.round((spent / last) * 100_000) / 100])
  console.log(
    JSON.stringify({
      blocks: last,
      logsPerBlock: Math.round(logs / last),
      millisecondsPerBlock: Object.fromEntries(eachBlock),
      eventsPerSecondOfCpu: Math.round(events / total),
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
      microsecondsFor540Bytes: {
        ours: microsecondsFor(keccak256),
        viem: microsecondsFor((bytes) => viemKeccak(bytes)),
      },
    }),
  )
}

await main()
