#!/usr/bin/env node
// Makes a long life of a street on a chain of its own and leaves the chain's state in a file, for measuring the mirror.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Hex } from 'viem'
import { clearingHouseAbi, shopPointsAbi } from '#contracts/generated.ts'
import { type TestChain, type TestTransaction, testChain } from '#test/support/chain.ts'
import { call, deployNetwork, issue, type TestNetwork, type TestShop } from '#test/support/network.ts'
import { Chance } from '#test/support/traffic.ts'

const help = `Usage: node test/indexer/long-chain.ts --shape dense|sparse --events NUMBER --into FOLDER

Writes FOLDER/state.json (anvil --load-state) and FOLDER/deployment.json (DEPLOYMENT_FILE).

  dense    about 200 events a block: a chunk of purchases, a few gifts, now and then money and settling
  sparse   2 to 10 events a block: gifts, and in every fourth block a few purchases`

const shopCount = 16
// anvil works out the whole state's root for each block: with as many members, or with purchases, whose records stay,
// in each, many small blocks would take hours.
const memberCounts = { dense: 4_000, sparse: 250 } as const
const purchasesEvery = { dense: 1, sparse: 4 } as const
type Shape = keyof typeof memberCounts

interface Life {
  readonly shape: Shape
  readonly members: number
  readonly network: TestNetwork
  readonly chance: Chance
  readonly sequences: Map<number, bigint>
  /** Who holds points of a shop, so that gifts succeed. */
  readonly holders: Map<number, Hex[]>
}

const memberAt = (number: number): Hex => `0x3e${number.toString(16).padStart(38, '0')}`

async function purchases(life: Life, shop: TestShop, count: number, time: number): Promise<TestTransaction> {
  const first = life.sequences.get(shop.shop) ?? 1n
  life.sequences.set(shop.shop, first + BigInt(count))
  const holders = life.holders.get(shop.shop) ?? []
  life.holders.set(shop.shop, holders)
  const entries = Array.from({ length: count }, () => {
    const member = memberAt(life.chance.below(life.members))
    if (holders.length < 500) holders.push(member)
    return { member, points: BigInt(1 + life.chance.below(60)), spend: BigInt(life.chance.below(20_000)), soldAt: time }
  })
  return await issue(life.network, shop, first, entries)
}

function gift(life: Life, shop: TestShop): TestTransaction[] {
  const from = life.holders.get(shop.shop)?.pop()
  if (from === undefined) return []
  const to = memberAt(life.chance.below(life.members))
  // Where most that happens are gifts, they must not come to an end: each leaves one who can give.
  if (life.shape === 'sparse') life.holders.get(shop.shop)?.push(to)
  return [call(shopPointsAbi, shop.token, from, 'transfer', [to, 1n])]
}

function money(life: Life, shop: TestShop): TestTransaction {
  const at = life.network.contracts.clearingHouse
  if (life.chance.below(2) === 0) {
    return call(clearingHouseAbi, at, shop.owner, 'settle', [life.network.shops.map((one) => one.shop)])
  }
  return call(clearingHouseAbi, at, shop.owner, 'deposit', [shop.shop, BigInt(1 + life.chance.below(1_000))])
}

async function block(life: Life, number: number, time: number): Promise<number> {
  const { chance, network, shape } = life
  const doings: TestTransaction[] = []
  let events = 0
  const shop = chance.of(network.shops)
  const buys = number % purchasesEvery[shape] === 0
  if (buys) {
    const bought = shape === 'dense' ? 185 : 1 + chance.below(7)
    doings.push(await purchases(life, shop, bought, time))
    events += bought + 1
  }
  for (let gifts = giftCount(life, buys); gifts > 0; gifts -= 1) {
    const given = gift(life, chance.of(network.shops))
    doings.push(...given)
    events += given.length
  }
  if (chance.below(20) === 0) doings.push(money(life, shop))
  await network.chain.send(...doings)
  await network.chain.mine(time)
  return events
}

function giftCount({ shape, chance }: Life, beside: boolean): number {
  if (shape === 'dense') return 12
  return beside ? chance.below(3) : 2 + chance.below(9)
}

/** What the chain says of the life just lived: every event, counted by anvil itself. */
async function countEvents(chain: TestChain): Promise<number> {
  const { number } = await chain.head()
  let count = 0
  for (let from = 0; from <= number; from += 500) {
    const range = { fromBlock: `0x${from.toString(16)}`, toBlock: `0x${Math.min(number, from + 499).toString(16)}` }
    count += (await chain.ask<unknown[]>('eth_getLogs', [range])).length
  }
  return count
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      shape: { type: 'string' },
      events: { type: 'string' },
      into: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const { shape, into } = values
  const wanted = Number(values.events)
  if (values.help === true || into === undefined || (shape !== 'dense' && shape !== 'sparse') || !(wanted > 0)) {
    console.log(help)
    process.exitCode = values.help === true ? 0 : 1
    return
  }
  mkdirSync(into, { recursive: true })
  const chain = await testChain({ stateInto: join(into, 'state.json') })
  try {
    const network = await deployNetwork(chain, { shops: shopCount, members: 0 })
    const members = memberCounts[shape]
    const life: Life = { shape, members, network, chance: new Chance('long'), sequences: new Map(), holders: new Map() }
    let { time } = await chain.head()
    let toldAt = Date.now()
    for (let events = 0, number = 0; events < wanted; number += 1) {
      time += shape === 'dense' ? 600 : 12
      events += await block(life, number, time)
      if (Date.now() - toldAt < 1_000) continue
      toldAt = Date.now()
      console.error(`${events} of ${wanted} events`)
    }
    writeFileSync(join(into, 'deployment.json'), JSON.stringify({ ...network.deployment(false), confirmations: 64 }))
    const { number } = await chain.head()
    const events = await countEvents(chain)
    writeFileSync(join(into, 'life.json'), JSON.stringify({ shape, events, blocks: number, shops: shopCount }))
    console.log(JSON.stringify({ shape, events, blocks: number, into: dirname(join(into, 'x')) }))
  } finally {
    await chain.stop()
  }
}

await main()
