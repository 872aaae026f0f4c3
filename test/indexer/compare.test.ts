import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { type FaultProxy, type FaultRates, startFaultProxy } from '#test/support/fault-proxy.ts'
import { deploymentFile, startIndexer } from '#test/support/indexer.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let file: string
let head: number
const proxies: FaultProxy[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 4 })
  await new Traffic(network, 'compare').run(8)
  file = deploymentFile(network.deployment(true))
  head = (await chain.head()).number
})

afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop()
})
afterAll(() => chain?.stop())

async function proxy(rates: FaultRates): Promise<string> {
  const faulty = await startFaultProxy(chain.url, { seed: 'compare', rates })
  proxies.push(faulty)
  return faulty.url
}

async function compare(args: readonly string[], second: string): Promise<{ code: number | null; output: string }> {
  const settings = {
    INDEXER_DATABASE_URL: 'postgresql://a:b@127.0.0.1:9/c',
    DEPLOYMENT_FILE: file,
    RPC_URLS: `${chain.url}, ${second}`,
  }
  const { code, output, complaint } = await startIndexer(['compare', ...args], settings).ended
  return { code, output: `${output}${complaint}` }
}

test('two nodes that say the same are told to, with how much was compared', async () => {
  const { code, output } = await compare(['--with', '2'], await proxy({ shuffled: 1 }))
  const span = `blocks ${network.startBlock} to ${head}`
  expect(output).toMatch(new RegExp(`^${span}: \\d+ hashes and [1-9]\\d+ logs are the same\n$`))
  expect(code).toBe(0)
})

test.each([
  ['logDropped', /the first difference: block \d+\n.*log \d+ of it is, for node 1: /],
  ['logChanged', /the first difference: block \d+\n.*log \d+ of it is, for node 1: .*; for the other node: /],
  ['logAdded', /the first difference: block \d+\n/],
  // The newest block is the first thing asked of a node.
  ['headerChanged', /lied about block latest: its header does not have the hash/],
] as const)('the first difference is named: %s', async (lie, said) => {
  const liar = await proxy({ [lie]: 1 })
  const { code, output } = await compare(['--with', liar, '--from', '2', '--to', String(head)], liar)
  expect(output).toMatch(said)
  expect(output).not.toContain('127.0.0.1')
  expect(code).toBe(1)
})

test('a node of another chain differs from its first block on', async () => {
  const other = await testChain({ genesisTime: 1_700_000_000 })
  const { code, output } = await compare(['--to', '0'], other.url)
  await other.stop()
  expect(output).toContain('the first difference: block 0')
  expect(code).toBe(1)
})

test('what cannot be compared is said in one line', async () => {
  const { code, output } = await compare(['--with', '7'], chain.url)
  expect(output.trim()).toMatch(/^highstreet indexer: --with needs the place of a node in RPC_URLS.+$/)
  expect(code).toBe(1)
})
