import { parseArgs } from 'node:util'
import { compareNodes, type NamedNode } from './chain/compare.ts'
import { fetchHead } from './chain/fetch.ts'
import { openNode } from './chain/node.ts'
import { type IndexerConfig, readConfig, SettingsUnusable } from './config.ts'
import { directoryOf } from './ledger/ledger.ts'

export const compareHelp = `Usage: node indexer/main.ts compare --with WHICH [--from BLOCK] [--to BLOCK]

Holds a second node against the first of RPC_URLS (or that of RPC_URL): the hashes of all blocks of a span, and the
network's logs in them. Names the first difference, and ends with 1 where there is one.

  --with WHICH   the second node: its place in RPC_URLS, from 2, or its address. An address on a command line can be
                 read by others on the machine, so one with a key in it belongs into RPC_URLS
  --from BLOCK   the network's first block where not given
  --to BLOCK     the newest block that both have where not given
  --help         this text

Settings: as for following the chain.`

interface Wish {
  readonly other: NamedNode
  readonly from: number | undefined
  readonly to: number | undefined
}

/** Compares two nodes as asked for on the command line; answers with the process's exit code. */
export async function compareCommand(args: readonly string[]): Promise<number> {
  const values = optionsIn(args)
  if (values.help === true) {
    console.log(compareHelp)
    return 0
  }
  const config = readConfig()
  const wish: Wish = {
    other: secondNode(config, values.with),
    from: blockNumber('--from', values.from),
    to: blockNumber('--to', values.to),
  }
  return await compare(config, wish)
}

function optionsIn(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    const options = { with: string, from: string, to: string, help: { type: 'boolean' } } as const
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new SettingsUnusable(`${error instanceof Error ? error.message : String(error)} compare --help says more.`)
  }
}

async function compare(config: IndexerConfig, wish: Wish): Promise<number> {
  const one = { name: 'node 1', node: openNode(config.rpcUrls[0] ?? '', { name: 'Node 1' }) }
  const { other } = wish
  const heads = await Promise.all([one, other].map(async ({ node }) => (await fetchHead(node, undefined)).head.number))
  const from = wish.from ?? config.network.startBlock
  const to = wish.to ?? Math.min(...heads)
  const directory = directoryOf(config.network, [])
  const { blocks, logs, difference } = await compareNodes(one, other, {
    since: config.network.startBlock,
    from,
    to,
    directory,
  })
  if (difference === undefined) {
    console.log(`blocks ${from} to ${to}: ${blocks} hashes and ${logs} logs are the same`)
    return 0
  }
  console.log(`${blocks} hashes and ${logs} logs are the same, then the first difference: block ${difference.at}`)
  console.log(difference.sentence)
  return 1
}

function secondNode(config: IndexerConfig, which: string | undefined): NamedNode {
  const place = Number(which ?? 2)
  const address = Number.isInteger(place) ? config.rpcUrls[place - 1] : which
  if (address === undefined || !/^https?:\/\//.test(address)) {
    throw new SettingsUnusable('--with needs the place of a node in RPC_URLS, from 2, or an http address.')
  }
  const name = Number.isInteger(place) ? `node ${place}` : 'the other node'
  return { name, node: openNode(address, { name: `${name.charAt(0).toUpperCase()}${name.slice(1)}` }) }
}

function blockNumber(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (!/^\d{1,15}$/.test(given)) throw new SettingsUnusable(`${option} needs the number of a block.`)
  return Number(given)
}
