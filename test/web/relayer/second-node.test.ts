import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { read } from '#test/support/network.ts'
import { startRelayer } from '#test/support/relayer-process.ts'
import { readConfig } from '#web/relayer/config.ts'

/** A relayer that knows several nodes goes on with the next where one is away, or stands on another chain. */

let street: LivingStreet
const stopped = createServer((_, response) => response.writeHead(503).end())
const foreign = createServer((request, response) => {
  let body = ''
  request.on('data', (part: Buffer) => {
    body += part.toString()
  })
  request.on('end', () => {
    const [{ id, method }] = JSON.parse(body) as [{ id: number; method: string }]
    const block = { number: '0x0', hash: `0x${'ab'.repeat(32)}`, timestamp: '0x1' }
    response.end(JSON.stringify([{ id, jsonrpc: '2.0', result: method === 'eth_chainId' ? '0x7a69' : block }]))
  })
})
const listening = (server: typeof stopped) =>
  new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
  })

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 1 })
})
afterAll(async () => {
  stopped.close()
  foreign.close()
  await street.close()
})

test('of three nodes one is away and one is another chain’s: the third is asked, and the points arrive', async () => {
  const { shop, till } = await freshShop(street)
  await street.sell(till, [7n])
  const urls = [await listening(stopped), await listening(foreign), street.chain.url]
  const { RPC_URL: _, ...environment } = street.environment
  const relayer = startRelayer({ ...environment, RPC_URLS: urls.join(', ') })
  await relayer.said('ready')
  expect(relayer.lines.filter((line) => line.includes('"event":"node.left"'))).toHaveLength(2)
  await street.chain.mine()
  await street.mirror()
  relayer.kill('SIGTERM')
  await relayer.ended
  expect(await read(street.network, shopPointsAbi, shop.token, 'totalSupply', [])).toBe(7n)
})

test('one node that is another chain’s ends it, with a sentence and without its address', async () => {
  const relayer = startRelayer({ ...street.environment, RPC_URL: await listeningAgain() })
  expect(await relayer.ended).toBe(1)
  expect(relayer.lines.join('\n')).toMatch(/^RPC_URL leads to another chain/m)
})

const listeningAgain = async () => `http://127.0.0.1:${(foreign.address() as { port: number }).port}`

test.each([
  [{}, 'RPC_URL is missing'],
  [{ RPC_URL: 'ftp://x' }, 'RPC_URL is missing or no http address'],
  [{ RPC_URLS: 'http://a, nonsense' }, 'must be http addresses'],
])('settings %j: %s', (wrong, complaint) => {
  const { RPC_URL: _, ...environment } = street.environment
  expect(() => readConfig({ ...environment, ...wrong } as NodeJS.ProcessEnv)).toThrow(complaint)
})
