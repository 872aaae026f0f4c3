import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type pg from 'pg'
import { type Hex, toFunctionSelector } from 'viem'
import { z } from 'zod'
import type { Rpc } from '../../street/rpc.ts'
import type { Books } from './arms.ts'
import type { KeptChain } from './chain.ts'
import { admittedTopic, transferTopic } from './topics.ts'

/** What the chain itself says: points by token and account, `token account`, in lower case. Nothing is left out. */
export interface Truth {
  readonly balances: Map<string, bigint>
  /** How many transfers of points there were. */
  transfers: number
}

interface Log {
  readonly address: Hex
  readonly topics: readonly Hex[]
}

const nobody = `0x${'0'.repeat(40)}`
const blocksAtOnce = 100
const callsAtOnce = 1_000

export const hexNumber = (value: number): Hex => `0x${value.toString(16)}`

const kept = z.object({ transfers: z.number(), balances: z.array(z.tuple([z.string(), z.string()])) })

/** Everybody who ever gave or got points, and what each token says they hold; asked for once, kept with the chain. */
export async function truthOf(rpc: Rpc, chain: KeptChain, tell: (text: string) => void): Promise<Truth> {
  if (existsSync(chain.truthFile)) {
    const { transfers, balances } = kept.parse(JSON.parse(readFileSync(chain.truthFile, 'utf8')))
    return { transfers, balances: new Map(balances.map(([key, points]) => [key, BigInt(points)])) }
  }
  const truth = await askTruth(rpc, chain, tell)
  const balances = [...truth.balances].map(([key, points]) => [key, String(points)])
  writeFileSync(chain.truthFile, JSON.stringify({ transfers: truth.transfers, balances }))
  return truth
}

async function askTruth(rpc: Rpc, chain: KeptChain, tell: (text: string) => void): Promise<Truth> {
  const range = { fromBlock: hexNumber(chain.startBlock), toBlock: hexNumber(chain.blocks) }
  const filter = { ...range, address: chain.consortium, topics: [admittedTopic] }
  const admitted = await rpc.ask<Log[]>('eth_getLogs', [filter])
  const tokens = admitted.map((log) => accountIn(log.topics[2]))
  const keys = new Set<string>()
  let transfers = 0
  for (let from = chain.startBlock; from <= chain.blocks; from += blocksAtOnce) {
    const to = Math.min(chain.blocks, from + blocksAtOnce - 1)
    const part = { fromBlock: hexNumber(from), toBlock: hexNumber(to), address: tokens, topics: [transferTopic] }
    const logs = await rpc.ask<Log[]>('eth_getLogs', [part])
    transfers += logs.length
    for (const { address, topics } of logs) {
      for (const topic of topics.slice(1)) keys.add(`${address.toLowerCase()} ${accountIn(topic)}`)
    }
    tell(`${transfers} transfers read, up to block ${to}`)
  }
  const known = [...keys].filter((key) => !key.endsWith(nobody))
  return { balances: await balancesOf(rpc, known, tell), transfers }
}

const accountIn = (topic: Hex | undefined): Hex => `0x${(topic ?? '').slice(26).toLowerCase()}`

const balanceOf = toFunctionSelector('function balanceOf(address)')

/** Asks the tokens, now. */
export async function balancesOf(
  rpc: Rpc,
  keys: readonly string[],
  tell: (text: string) => void = () => undefined,
): Promise<Map<string, bigint>> {
  const balances = new Map<string, bigint>()
  for (let first = 0; first < keys.length; first += callsAtOnce) {
    const some = keys.slice(first, first + callsAtOnce)
    const questions = some.map((key) => {
      const [to, account = ''] = key.split(' ')
      return {
        method: 'eth_call',
        params: [{ to, data: `${balanceOf}${account.slice(2).padStart(64, '0')}` }, 'latest'],
      }
    })
    const answers = await rpc.askAll<Hex>(questions)
    for (const [index, key] of some.entries()) balances.set(key, BigInt(answers[index] ?? '0x0'))
    tell(`${first + some.length} of ${keys.length} balances asked for`)
  }
  return balances
}

/** Where an indexer's books differ from the chain, in words; empty where they are identical. */
export async function differences(client: pg.Client, books: Books, truth: Truth): Promise<string[]> {
  const found: string[] = []
  const { rows: counted } = await client.query<{ count: number }>(books.transfers)
  const count = counted[0]?.count ?? 0
  if (count !== truth.transfers) found.push(`${count} transfers; the chain has ${truth.transfers}`)
  const { rows } = await client.query<{ token: string; account: string; amount: string }>(books.balances)
  const held = new Map(rows.map(({ token, account, amount }) => [`${token} ${account}`, BigInt(amount)]))
  if (held.size !== rows.length) found.push(`${rows.length - held.size} balances stand twice`)
  for (const [key, points] of truth.balances) {
    if ((held.get(key) ?? 0n) !== points) found.push(`${key}: ${held.get(key) ?? 0n}; the chain has ${points}`)
  }
  for (const key of held.keys()) if (!truth.balances.has(key)) found.push(`${key}: held; the chain knows of nothing`)
  return found
}
