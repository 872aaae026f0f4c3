import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openNodes } from '#indexer/chain/sources.ts'
import type { Ledger } from '#indexer/ledger/ledger.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { type Fault, type FaultProxy, type FaultRates, startFaultProxy } from '#test/support/fault-proxy.ts'
import { followToHead, type Heard, ledgerContents, networkOf, openLedger } from '#test/support/mirror.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'
import { Traffic } from '#test/support/traffic.ts'

let chain: TestChain
let network: TestNetwork
let truth: Record<string, unknown[]>
const toEnd: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 2, members: 4 })
  await new Traffic(network, 'faults').run(12)
  const { database, ledger } = await emptyBooks()
  await followToHead(network, ledger)
  truth = await ledgerContents(database.urls.indexer)
  await ended()
})

afterEach(() => ended())
afterAll(() => chain?.stop())

async function ended(): Promise<void> {
  for (const end of toEnd.splice(0).toReversed()) await end()
}

async function emptyBooks(): Promise<{ readonly database: TestDatabase; readonly ledger: Ledger }> {
  const database = await testDatabase()
  toEnd.push(() => database.drop())
  const ledger = await openLedger(database.urls.indexer, networkOf(network))
  toEnd.push(() => ledger.close())
  return { database, ledger }
}

async function proxy(seed: string, rates: FaultRates): Promise<FaultProxy> {
  const faulty = await startFaultProxy(chain.url, { seed, rates, oversizeBytes: 3_000_000, mostCalls: 12 })
  toEnd.push(() => faulty.stop())
  return faulty
}

const patience = { timeoutMs: 1_000, mostBytes: 2_000_000, firstPauseMs: 1, longestPauseMs: 4, seed: 1 }

/** What the books hold, without saying what stands behind them. */
function withoutEvidence(contents: Record<string, unknown[]>): Record<string, unknown[]> {
  const block = contents['block']?.map((row) => ({ ...(row as object), evidence: undefined }))
  return { ...contents, block: block ?? [] }
}

interface Mirrored {
  readonly heard: Heard
  readonly contents: Record<string, unknown[]>
}

/** Fills empty books through nodes, on a chain that is not ours to take back. */
async function mirrored(urls: readonly string[], left: string[] = []): Promise<Mirrored> {
  const { database, ledger } = await emptyBooks()
  const news = { left: ({ why }: { why: string }) => void left.push(why) }
  const node = openNodes(urls, { ...patience, news })
  const heard = await followToHead(network, ledger, { node, embedded: false })
  return { heard, contents: await ledgerContents(database.urls.indexer) }
}

const sometimes: readonly Fault[] = [
  ...(['busy', 'failing', 'hanging', 'cut', 'garbled', 'oversized', 'unanswered', 'shuffled'] as const),
  ...(['lagging', 'mixedHeights', 'atZero'] as const),
  ...(['logDropped', 'logChanged', 'logAdded', 'logDoubled', 'logRemoved', 'hashChanged', 'headerChanged'] as const),
]

describe('whatever happens on the way now and then, the books are the chain’s', () => {
  test.each(sometimes)('%s', async (fault) => {
    const faulty = await proxy(`now and then ${fault}`, { [fault]: 0.3 })
    // A few looks more, so that each fault gets its chance.
    for (let run = 0; run === 0 || (run < 20 && !faulty.happened.has(fault)); run += 1) {
      const { heard, contents } = await mirrored([faulty.url])
      expect(contents).toEqual(truth)
      expect(heard.undone).toEqual([])
    }
    expect(faulty.happened.get(fault)).toBeGreaterThan(0)
  })

  test('a node that bears only small questions', async () => {
    const faulty = await proxy('small', { tooMuch: 1 })
    expect((await mirrored([faulty.url])).contents).toEqual(truth)
    expect(faulty.happened.get('tooMuch')).toBeGreaterThan(0)
  })

  test('all of it at once', async () => {
    const all = Object.fromEntries(sometimes.map((fault) => [fault, 0.06]))
    const faulty = await proxy('all at once', { ...all, hanging: 0.02 })
    for (let run = 0; run < 4; run += 1) expect((await mirrored([faulty.url])).contents).toEqual(truth)
    expect(faulty.happened.size).toBeGreaterThan(2)
  })
})

describe('a node that always lies is never written down', () => {
  const lies = ['logDropped', 'logChanged', 'logAdded', 'logDoubled', 'headerChanged', 'hashChanged'] as const

  test.each(lies)('%s', async (lie) => {
    const faulty = await proxy(`always ${lie}`, { [lie]: 1 })
    const { database, ledger } = await emptyBooks()
    const node = openNodes([faulty.url], patience)
    const heard = await followToHead(network, ledger, {
      node,
      when: ({ trouble }) => trouble.length > 3,
    })
    expect(heard.trouble[0]).toMatch(/^(block \d+ not taken: )?The node lied/)
    // What came before the first lie may stand; nothing of it is false.
    const { block = [] } = await ledgerContents(database.urls.indexer)
    expect(truth['block']).toEqual(expect.arrayContaining(block))
  })

  test.each(lies)('%s: it is named, left for another, and the books are the chain’s', async (lie) => {
    const faulty = await proxy(`left for ${lie}`, { [lie]: 1 })
    const left: string[] = []
    const { contents } = await mirrored([faulty.url, chain.url], left)
    expect(contents).toEqual(truth)
    expect(left[0]).toMatch(/^Node 1 of 2 lied/)
    expect(left[0]).not.toContain('127.0.0.1')
  })

  test('marked as removed inside every question, it is not stuck on for ever', async () => {
    const faulty = await proxy('removed', { logRemoved: 1 })
    const left: string[] = []
    expect((await mirrored([faulty.url, chain.url], left)).contents).toEqual(truth)
    expect(left).toEqual([expect.stringContaining('a log is marked as removed')])
  })
})

describe('from nodes that give no receipts', () => {
  const rates = { noReceipts: 1 } as const
  const seen: readonly Fault[] = ['silent', 'logDoubled', 'logAdded', 'logRemoved', 'headerChanged', 'shuffled']

  test.each([...seen, 'lagging', 'mixedHeights'] as const)('%s now and then', async (fault) => {
    const faulty = await proxy(`no receipts ${fault}`, { ...rates, [fault]: 0.3 })
    const other = await proxy('no receipts', rates)
    const { contents } = await mirrored([faulty.url, other.url])
    expect(withoutEvidence(contents)).toEqual(withoutEvidence(truth))
  })

  test('the books say that a filter is all there is behind them', async () => {
    const { contents } = await mirrored([(await proxy('alone', rates)).url])
    expect(withoutEvidence(contents)).toEqual(withoutEvidence(truth))
    expect(new Set(contents['block']?.map((row) => (row as { evidence: string }).evidence))).toEqual(new Set(['bloom']))
  })

  test('or that two say the same', async () => {
    const { contents } = await mirrored([(await proxy('one', rates)).url, (await proxy('other', rates)).url])
    expect(new Set(contents['block']?.map((row) => (row as { evidence: string }).evidence))).toEqual(
      new Set(['secondSource']),
    )
  })

  test('a changed amount is seen by the second', async () => {
    const liar = await proxy('amount', { ...rates, logChanged: 1 })
    const { database, ledger } = await emptyBooks()
    const node = openNodes([(await proxy('honest', rates)).url, liar.url], patience)
    const heard = await followToHead(network, ledger, { node, when: ({ trouble }) => trouble.length > 2 })
    expect(heard.trouble.join('\n')).toContain('Node 1 of 2 and Node 2 of 2 contradict each other')
    expect((await ledgerContents(database.urls.indexer))['event']).toEqual([])
  })
})

describe('a lower head is no fork', () => {
  test.each(['lagging', 'mixedHeights', 'atZero'] as const)('%s after the books are filled', async (fault) => {
    const faulty = await proxy(`later ${fault}`, {})
    const { database, ledger } = await emptyBooks()
    const node = openNodes([faulty.url], patience)
    await followToHead(network, ledger, { node, embedded: false })
    faulty.set({ [fault]: 1 })
    const looked = faulty.requests
    const heard = await followToHead(network, ledger, {
      node: {
        // The time limit is the number of looks: nothing else ends a wait.
        ask: (calls) => (faulty.requests > looked + 20 ? Promise.reject(new Error('enough')) : node.ask(calls)),
      },
      embedded: false,
      when: () => false,
    }).catch((error: unknown) => String(error))
    expect(heard).toBe('Error: enough')
    expect(faulty.happened.get(fault)).toBeGreaterThan(10)
    expect(await ledgerContents(database.urls.indexer)).toEqual(truth)
  })
})
