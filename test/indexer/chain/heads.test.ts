import { afterAll, beforeAll, expect, test } from 'vitest'
import { askUrlOf, listenForHeads, pushUrlOf } from '#indexer/chain/heads.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'

let chain: TestChain

beforeAll(async () => {
  chain = await testChain()
})
afterAll(() => chain?.stop())

const never = new AbortController().signal
const long = 30_000

test('a new block is told of by a node that pushes, at the address at which it is asked', async () => {
  const heads = listenForHeads(pushUrlOf(chain.url))
  while (!heads.listening) await heads.after(heads.told, 10, never)
  const before = heads.told
  await chain.mine()
  await heads.after(before, long, never)
  expect(heads.told).toBe(before + 1)
  heads.close()
})

test('a block told of before anybody waited for it is not waited for', async () => {
  const heads = listenForHeads(pushUrlOf(chain.url))
  while (!heads.listening) await heads.after(heads.told, 10, never)
  const before = heads.told
  await chain.mine()
  await heads.after(before, long, never)
  await heads.after(before, long, never)
  heads.close()
})

test('where nobody pushes nobody listens, and waiting ends by itself', async () => {
  const heads = listenForHeads('ws://127.0.0.1:9')
  await heads.after(heads.told + 1, 20, never)
  expect(heads.listening).toBe(false)
  heads.close()
})

test('whoever is asked to stop waits no longer', async () => {
  const heads = listenForHeads('ws://127.0.0.1:9')
  const stop = new AbortController()
  const waited = heads.after(Number.MAX_SAFE_INTEGER, long, stop.signal)
  stop.abort()
  await waited
  heads.close()
})

test('one address stands for the other where a node serves both at one place', () => {
  expect(pushUrlOf('https://node.example/key')).toBe('wss://node.example/key')
  expect(pushUrlOf('ws://127.0.0.1:8546')).toBe('ws://127.0.0.1:8546')
  expect(askUrlOf('wss://node.example/key')).toBe('https://node.example/key')
  expect(askUrlOf('http://127.0.0.1:8545')).toBe('http://127.0.0.1:8545')
})
