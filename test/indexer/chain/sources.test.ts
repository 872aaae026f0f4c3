import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { BackOff } from '#indexer/chain/back-off.ts'
import { type ChainNode, NodeRefused, NodeUnreachable, openNode } from '#indexer/chain/node.ts'
import { openNodes, Sources, type SourcesOptions, sourceOf } from '#indexer/chain/sources.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

/** A server that answers each request in turn as told; the last answer stays. */
async function serverThat(...answers: readonly { status?: number; body?: string; later?: boolean }[]) {
  let requests = 0
  const server = createServer((request, response) => {
    request.resume()
    const answer = answers[Math.min(requests, answers.length - 1)]
    requests += 1
    if (answer?.later !== true) response.writeHead(answer?.status ?? 200).end(answer?.body ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close() {
      server.closeAllConnections()
      server.close()
    },
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, requests: () => requests }
}

const good = { body: '[{"jsonrpc":"2.0","id":0,"result":"0x7"}]' }
const question = [{ method: 'eth_blockNumber', params: [] }]
const patient: SourcesOptions = { firstPauseMs: 1, longestPauseMs: 4 }

test.each([
  ['429', { status: 429 }],
  ['a status of 500', { status: 500 }],
  ['an answer cut in half', { body: '[{"jsonrpc":"2.0","id":0,"resu' }],
  ['an answer to something else', { body: '[]' }],
])('%s is answered by asking again', async (_, first) => {
  const server = await serverThat(first, good)
  expect(await openNodes([server.url], patient).ask(question)).toEqual(['0x7'])
  expect(server.requests()).toBe(2)
})

test('a node that hangs is not waited for longer than allowed, nor asked the same again', async () => {
  const server = await serverThat({ later: true })
  const asking = openNodes([server.url], { ...patient, timeoutMs: 50 }).ask(question)
  await expect(asking).rejects.toMatchObject({ name: 'NodeUnreachable', timedOut: true })
  expect(server.requests()).toBe(1)
})

describe('what is asked ahead', () => {
  const next = [{ method: 'eth_getBlockByNumber', params: ['0x8', false] }]
  const nodeThat = (answer: (method: string) => unknown) => {
    const asked: string[][] = []
    const node: ChainNode = {
      async ask(calls) {
        asked.push(calls.map(({ method }) => method))
        return calls.map(({ method }) => answer(method))
      },
    }
    return { source: new Sources([node]).pick(), asked }
  }

  test('answers that very question, once', async () => {
    const { source, asked } = nodeThat((method) => `${method}, told`)
    expect(await source.askAhead(question, next)).toEqual(['eth_blockNumber, told'])
    expect(await source.ask(next)).toEqual(['eth_getBlockByNumber, told'])
    expect(asked).toHaveLength(1)
    await source.ask(next)
    expect(asked).toHaveLength(2)
  })

  test('answers no other, and none that comes after another', async () => {
    const { source, asked } = nodeThat((method) => `${method}, told`)
    await source.askAhead(question, next)
    expect(await source.ask(question)).toEqual(['eth_blockNumber, told'])
    await source.ask(next)
    expect(asked).toHaveLength(3)
  })

  test('is asked again where it was not there yet', async () => {
    const { source, asked } = nodeThat((method) => (method === 'eth_blockNumber' ? '0x7' : null))
    await source.askAhead(question, next)
    expect(await source.ask(next)).toEqual([null])
    expect(asked).toHaveLength(2)
  })

  test('is left alone with a node that refuses to speak of what is not there', async () => {
    const { source, asked } = nodeThat((method) => {
      if (method !== 'eth_blockNumber') throw new NodeRefused(method, -32_000, 'header not found')
      return '0x7'
    })
    expect(await source.askAhead(question, next)).toEqual(['0x7'])
    expect(await source.askAhead(question, next)).toEqual(['0x7'])
    expect(asked.map((calls) => calls.length)).toEqual([2, 1, 1])
  })
})

test('an answer larger than allowed is not read to its end', async () => {
  const server = await serverThat({ body: `[${' '.repeat(500_000)}]` })
  const asking = openNodes([server.url], { ...patient, mostBytes: 100_000 }).ask(question)
  await expect(asking).rejects.toMatchObject({ name: 'NodeUnreachable', timedOut: true })
})

test('pauses grow, are drawn, and are the same for the same seed', () => {
  const pauses = (seed: number) => {
    const backOff = new BackOff({ firstMs: 100, longestMs: 2_000, seed })
    return [1, 2, 3, 4, 5, 6, 7].map((failures) => backOff.pauseMs(failures))
  }
  expect(pauses(7)).toEqual(pauses(7))
  expect(pauses(7)).not.toEqual(pauses(8))
  for (const [index, pause] of pauses(7).entries()) {
    const due = Math.min(2_000, 100 * 2 ** index)
    expect(pause).toBeGreaterThanOrEqual(due / 2)
    expect(pause).toBeLessThanOrEqual(due)
  }
})

test('a node is named by its place, and its address is in no complaint, whatever it says itself', async () => {
  const key = 'topsecretkey'
  const echo = await serverThat({
    body: `[{"id":0,"error":{"code":-32000,"message":"project ${key} at /v2/${key}?auth=${key}x is out of credit"}}]`,
  })
  const gone = 'http://user:topsecretkey@127.0.0.1:9/v2/topsecretkey'
  const nodes = openNodes([gone, `${echo.url}/v2/${key}?auth=${key}x`], { ...patient, tries: 1 })
  const complaints: string[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    await nodes.ask(question).catch((error: unknown) => complaints.push(String(error)))
  }
  expect(complaints[0]).toBe('NodeUnreachable: Node 1 of 2 does not answer: ECONNREFUSED.')
  expect(complaints[1]).toMatch(/^NodeRefused: Node 2 of 2 refused eth_blockNumber: project … at /)
  expect(complaints.join()).not.toContain(key)
  expect(complaints.join()).not.toContain('127.0.0.1')
})

/** A node without a network, whose head and troubles are told. */
function nodeAt(head: () => number, trouble?: () => Error | undefined): ChainNode {
  return {
    ask(calls) {
      const error = trouble?.()
      if (error !== undefined) return Promise.reject(error)
      return Promise.resolve(calls.map(() => `0x${head().toString(16)}`))
    },
  }
}

/** Several nodes, and which were left. */
function among(...nodes: readonly ChainNode[]) {
  const left: { place: number; next: number; why: string }[] = []
  const sources = new Sources(nodes, { ...patient, tries: 2, news: { left: (news) => void left.push(news) } })
  return { sources, left }
}

test('a node that is away is left for the next, and come back to when that one is away', async () => {
  let away = 0
  const nodes = [0, 1].map((place) =>
    nodeAt(
      () => place,
      () => (away === place ? new NodeUnreachable('gone') : undefined),
    ),
  )
  const { sources, left } = among(...nodes)
  await expect(sources.ask(question)).rejects.toThrow('gone')
  expect(await sources.ask(question)).toEqual(['0x1'])
  away = 1
  await expect(sources.ask(question)).rejects.toThrow('gone')
  expect(await sources.ask(question)).toEqual(['0x0'])
  expect(left.map(({ place, next }) => [place, next])).toEqual([
    [1, 2],
    [2, 1],
  ])
})

test('a question that a node refuses is not held against it', async () => {
  const { sources, left } = among(
    nodeAt(
      () => 1,
      () => new NodeRefused('eth_getLogs', -32_005, 'too many results'),
    ),
    nodeAt(() => 2),
  )
  await expect(sources.ask(question)).rejects.toBeInstanceOf(NodeRefused)
  expect(left).toEqual([])
})

test('a node that lied is left at once; one that is behind or moves, when it stays so', () => {
  const { sources, left } = among(
    nodeAt(() => 1),
    nodeAt(() => 1),
    nodeAt(() => 1),
  )
  sources.pick().doubt('lied', 'it lied')
  expect(left).toMatchObject([{ place: 1, next: 2, why: 'it lied' }])
  for (let times = 0; times < 4; times += 1) sources.pick().doubt('behind', 'it is behind')
  sources.pick().trust()
  for (let times = 0; times < 4; times += 1) sources.pick().doubt('moved', 'it moves')
  expect(left).toHaveLength(1)
  sources.pick().doubt('moved', 'it moves')
  expect(left).toMatchObject([{}, { place: 2, next: 3, why: 'it moves' }])
  // Who lied is not among those that may confirm.
  expect(sources.pick().others()).toEqual([])
})

test('when all have been left, all get another chance, and none is believed for it', () => {
  const { sources, left } = among(
    nodeAt(() => 1),
    nodeAt(() => 1),
  )
  for (let times = 0; times < 3; times += 1) sources.pick().doubt('lied', 'it lied')
  expect(left.map(({ place }) => place)).toEqual([1, 2, 1])
})

test('a node whose head stands still while another’s goes on is left', async () => {
  let looks = 0
  const { sources, left } = among(
    nodeAt(() => 10),
    nodeAt(() => 10 + looks),
  )
  for (; left.length === 0 && looks < 1_000; looks += 1) {
    sources.pick().standsAt(10)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(left).toMatchObject([{ place: 1, next: 2, why: expect.stringContaining('lags: it stands at block 10') }])
})

test('a quiet chain is no lag', async () => {
  const { sources, left } = among(
    nodeAt(() => 10),
    nodeAt(() => 10),
  )
  for (let looks = 0; looks < 200; looks += 1) {
    sources.pick().standsAt(10)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(left).toEqual([])
})

test('a single node is never left', () => {
  const source = sourceOf(openNode('http://127.0.0.1:9'))
  for (let times = 0; times < 20; times += 1) source.doubt('lied', 'it lied')
  expect(source.others()).toEqual([])
  expect(source.name).toBe('The node')
})
