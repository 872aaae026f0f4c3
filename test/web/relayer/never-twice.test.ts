import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberAccountAbi, shopPointsAbi } from '#contracts/generated.ts'
import { joins, must, newDevice, orders } from '#test/support/account-people.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { openShop, read, type TestShop } from '#test/support/network.ts'
import { operationOf, sendingOf, withEntryPoint } from '#test/support/operation-people.ts'
import { type RelayerProcess, startRelayer } from '#test/support/relayer-process.ts'
import { signedPayment, signedTransfer, TillHand } from '#test/support/till-hand.ts'
import { Chance } from '#test/support/traffic.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { intentState } from '#web/acts/intent-state.ts'
import { issue } from '#web/acts/issue.ts'
import { bringOperation } from '#web/acts/operations.ts'
import { redeem } from '#web/acts/redeem.ts'
import { transfer } from '#web/acts/transfer.ts'
import { failPoints } from '#web/relayer/config.ts'

/** The relayer's process is killed by force, wherever it hurts: nothing is lost, nothing is done twice. */

const seed = 'never twice'
let street: LivingStreet
let shop: TestShop
let cafe: TestShop
const running = new Set<RelayerProcess>()

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 10 })
  await withEntryPoint(street)
  const [first] = street.network.shops
  if (!first) throw new Error('one shop was opened')
  cafe = first
})
afterAll(async () => {
  for (const relayer of running) relayer.kill('SIGKILL')
  await street.close()
})

function start(more: Readonly<Record<string, string>> = {}): RelayerProcess {
  const relayer = startRelayer({ ...street.environment, ...more })
  running.add(relayer)
  void relayer.ended.then(() => running.delete(relayer))
  return relayer
}

const memberAt = (index: number) => {
  const member = street.network.members[index % street.network.members.length]
  if (!member) throw new Error('there are ten members')
  return member
}

/** Mines and mirrors until `done`, as a chain and an indexer do beside the relayer. */
async function live(done: () => Promise<boolean>): Promise<void> {
  const patience = AbortSignal.timeout(60_000)
  while (!(await done())) {
    if (patience.aborted) throw new Error(`the street does not come to rest: ${await unfinished()}`)
    await street.chain.mine()
    await street.mirror()
    await sleep(20)
  }
}

async function unfinished(): Promise<number> {
  const { rows } = await street.web.query<{ count: bigint }>(
    `SELECT (SELECT count(*) FROM portal.intent i WHERE i.state <> 'sent')
      + (SELECT count(*) FROM portal.intent i WHERE i.kind = 'purchase' AND NOT EXISTS (SELECT FROM ledger.purchase p
          WHERE p.shop = i.shop AND p.till = i.till AND p.sequence = i.sequence))
      + (SELECT count(*) FROM portal.hold)
      + (SELECT count(*) FROM portal.submission s WHERE s.state = 'signed') AS count`,
  )
  return Number(rows[0]?.count)
}

let firstSequence = 1n
let sold = 0n

/** Lists of sales of one point each; answers nothing, the chain must. */
async function sell(lists: number, each: number, first?: Hex): Promise<void> {
  const till = new TillHand(street.network, shop)
  for (let list = 0; list < lists; list += 1) {
    const whose = (index: number) => (index === 0 && first ? first : memberAt(index).address)
    const sales = Array.from({ length: each }, (_, index) => ({ member: whose(index), points: 1n }))
    expect(await issue(await till.startAt(firstSequence).ring(...sales))).toHaveProperty('results')
    firstSequence += BigInt(each)
    sold += BigInt(each)
  }
}

const supply = (of: TestShop) => read(street.network, shopPointsAbi, of.token, 'totalSupply', [])
const pointsOf = (account: Hex) => read(street.network, shopPointsAbi, shop.token, 'balanceOf', [account])
const everythingDone = async () => (await unfinished()) === 0

async function newShop(): Promise<void> {
  shop = await openShop(street.network, 1_000_000_000n)
  firstSequence = 1n
  sold = 0n
  await street.mirror()
}

describe.each(failPoints)('killed %s', (point) => {
  test.each([1, 3])('the %d. time: lists, payments, gifts and own wishes are done once', async (time) => {
    await newShop()
    const ada = await joins(street, shop, { points: 0n })
    await sell(2, 20, ada.account)
    const settling = start()
    await live(everythingDone)
    settling.kill('SIGTERM')
    expect(await settling.ended).toBe(0)

    const [payer, giver] = [memberAt(0), memberAt(1)]
    const before = await pointsOf(payer.address)
    await sell(3, 20)
    const payment = { member: payer, sequence: BigInt(shop.shop), lines: [{ token: shop.token, points: 2n }] }
    expect(await redeem(await signedPayment(street.network, cafe, payment))).toEqual({ state: 'pending' })
    const gift = { from: giver, to: payer.address, points: 1n, nonce: shop.shop }
    expect(await transfer(await signedTransfer(street.network, shop, gift))).toEqual({ state: 'pending' })

    const order = must(await orders(ada, { kind: 'AddKey', code: (await newDevice()).code }))
    const sending = { callData: sendingOf(shop, 2n, payer.address) }
    const operation = must(await bringOperation(await operationOf(street, ada, sending)))

    const doomed = start({ RELAYER_FAIL_AT: `${point}:${time}` })
    let how: unknown
    void doomed.ended.then((signal) => {
      how = signal
    })
    await live(async () => how !== undefined)
    expect(how).toBe('SIGKILL')
    const next = start()
    await live(everythingDone)
    next.kill('SIGTERM')
    expect(await next.ended).toBe(0)
    expect(await supply(shop)).toBe(sold - 2n)
    expect((await pointsOf(payer.address)) - before).toBe(6n - 2n + 1n + 2n)
    await street.chain.mineEmpty(2)
    await street.mirror()
    for (const { key } of [order, operation]) expect(await intentState({ shop: 0, key })).toEqual({ state: 'final' })
    expect(await read(street.network, memberAccountAbi, ada.account, 'nextOrder', [])).toBe(1n)
    expect(await chainTotals()).toMatchObject({ differences: 0 })
  })
})

test(`killed at random, six times, while sales come in (seed "${seed}")`, async () => {
  await newShop()
  const chance = new Chance(seed)
  const killing = new AbortController()
  const kills = (async () => {
    for (let kill = 0; kill < 6; kill += 1) {
      const relayer = start()
      await relayer.said('ready')
      await sleep(chance.below(150))
      relayer.kill('SIGKILL')
      await relayer.ended
    }
    killing.abort()
  })()
  const selling = (async () => {
    while (!killing.signal.aborted) {
      await sell(1, 1 + chance.below(30))
      await sleep(chance.below(40))
    }
  })()
  await live(async () => killing.signal.aborted)
  await Promise.all([kills, selling])
  const last = start()
  await live(everythingDone)
  last.kill('SIGTERM')
  await last.ended
  expect(await supply(shop)).toBe(sold)
  expect(await chainTotals()).toMatchObject({ differences: 0 })
}, 180_000)

test('of two relayers with one key one leads; when it is killed the other takes over', async () => {
  await newShop()
  const first = start()
  await first.said('ready')
  const second = start()
  await second.said('another relayer leads; waiting')
  first.kill('SIGKILL')
  await second.said('ready')
  await sell(1, 5)
  await live(everythingDone)
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
  expect(await supply(shop)).toBe(5n)
})

describe('settings', () => {
  test('a wrong one is one clear sentence without the secret, and exit 1', async () => {
    const relayer = startRelayer({ ...street.environment, RPC_URL: 'ftp://nowhere' })
    expect(await relayer.ended).toBe(1)
    expect(relayer.lines).toEqual(['The settings cannot be used: RPC_URL is missing or no http address.'])
  })

  test('another chain than the deployment’s is not signed for', async () => {
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'highstreet-elsewhere-')), 'deployment.json')
    const deployment = { ...street.network.deployment(true), genesisHash: `0x${'00'.repeat(32)}` }
    writeFileSync(elsewhere, JSON.stringify(deployment))
    const relayer = startRelayer({ ...street.environment, DEPLOYMENT_FILE: elsewhere })
    expect(await relayer.ended).toBe(1)
    expect(relayer.lines.join()).toMatch(/RPC_URL leads to another chain/)
    rmSync(dirname(elsewhere), { recursive: true })
  })

  test('--help says what it is', async () => {
    const relayer = startRelayer({}, ['--help'])
    expect(await relayer.ended).toBe(0)
    expect(relayer.lines.join('\n')).toMatch(/each exactly once/)
  })
})
