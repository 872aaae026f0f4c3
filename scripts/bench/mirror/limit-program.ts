#!/usr/bin/env node
// What the node and PostgreSQL allow at most, measured by doing nothing else.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { from as copyFrom } from 'pg-copy-streams'
import { connect } from '#indexer/db/connection.ts'
import { transferTopic } from './topics.ts'

const help = `Usage: node scripts/bench/mirror/limit-program.ts --what WHAT --rpc URL --to BLOCK --span BLOCKS
       [--database URL]

Prints what it took as one line of JSON.

  --what logs       fetches every log, four requests at once, and reads none of them
  --what receipts   fetches every header and every receipt in batches, likewise: what a proof needs
  --what copy       writes every transfer into an empty table with its key, by one COPY; fetching is not counted`

const inFlight = 4

const hex = (value: number): string => `0x${value.toString(16)}`

async function fetchBytes(url: string, body: object): Promise<Buffer> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`the node answered ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

type Ask = (from: number, to: number) => object

const logs =
  (topics: readonly string[]): Ask =>
  (from, to) => {
    const filter = { fromBlock: hex(from), toBlock: hex(to), topics }
    return { jsonrpc: '2.0', id: 1, method: 'eth_getLogs', params: [filter] }
  }

const receipts: Ask = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, index) => hex(from + index)).flatMap((block, index) => [
    { jsonrpc: '2.0', id: index * 2, method: 'eth_getBlockByNumber', params: [block, false] },
    { jsonrpc: '2.0', id: index * 2 + 1, method: 'eth_getBlockReceipts', params: [block] },
  ])

interface Place {
  readonly rpc: string
  readonly to: number
  readonly span: number
}

async function fetchAll({ rpc, to, span }: Place, ask: Ask, take: (bytes: Buffer) => void): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    while (next <= to) {
      const from = next
      next += span
      take(await fetchBytes(rpc, ask(from, Math.min(to, from + span - 1))))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
}

interface Log {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: string
  readonly logIndex: string
  readonly transactionHash: string
}

const bytes = (text: string): string => `\\\\x${text.slice(2)}`

function rowOf(log: Log): string {
  const [, from = '', to = ''] = log.topics
  const place = [Number(log.blockNumber), Number(log.logIndex), bytes(log.transactionHash), bytes(log.address)]
  return `${[...place, `\\\\x${from.slice(26)}`, `\\\\x${to.slice(26)}`, BigInt(log.data)].join('\t')}\n`
}

async function prepareCopy(place: Place, database: string): Promise<() => Promise<void>> {
  const pieces: string[] = []
  await fetchAll(place, logs([transferTopic]), (answer) => {
    const { result } = JSON.parse(answer.toString()) as { result: readonly Log[] }
    pieces.push(result.map(rowOf).join(''))
  })
  const client = await connect(database, 'DATABASE_URL')
  await client.query(`CREATE TABLE transfer (block_number bigint, log_index int, transaction_hash bytea NOT NULL,
    token bytea NOT NULL, "from" bytea NOT NULL, "to" bytea NOT NULL, amount numeric(78, 0) NOT NULL,
    PRIMARY KEY (block_number, log_index))`)
  return async () => {
    await pipeline(Readable.from(pieces), client.query(copyFrom('COPY transfer FROM STDIN')))
    await client.end()
  }
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const options = { what: text, rpc: text, to: text, span: text, database: text, help: { type: 'boolean' } } as const
  const { values } = parseArgs({ options })
  const { what, rpc, database } = values
  if (values.help === true || rpc === undefined || values.to === undefined) {
    console.log(help)
    return
  }
  const place = { rpc, to: Number(values.to), span: Number(values.span ?? '20') }
  let size = 0
  const count = (answer: Buffer): void => {
    size += answer.length
  }
  const work =
    what === 'copy'
      ? await prepareCopy(place, database ?? '')
      : () => fetchAll(place, what === 'receipts' ? receipts : logs([]), count)
  const [begun, cpuBefore] = [performance.now(), process.cpuUsage()]
  await work()
  const seconds = (performance.now() - begun) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const peakMegabytes = process.resourceUsage().maxRSS / 1024
  console.log(
    JSON.stringify({ seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, peakMegabytes, megabytes: size / 1e6 }),
  )
}

await main()
