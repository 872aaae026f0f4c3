import { parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { testConfig } from '#test/support/config.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { openShop, read, type TestShop } from '#test/support/network.ts'
import { signedPayment, signedTransfer, TillHand } from '#test/support/till-hand.ts'
import { Chance } from '#test/support/traffic.ts'
import { signedReversal } from '#test/support/undoing-hand.ts'
import { chainTotals } from '#web/acts/chain-totals.ts'
import { issue } from '#web/acts/issue.ts'
import { redeem } from '#web/acts/redeem.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { reverse } from '#web/acts/reverse.ts'
import { transfer } from '#web/acts/transfer.ts'

/**
 * Whatever chance does to a relayer with two keys while a street lives: transactions dropped, undone, outbid,
 * displaced, brought twice; blocks that vanish, fees that jump, a process that forgets. Nothing is lost, nothing is
 * doubled. `npm run drill -- relayer` does the same for as long as it is let.
 */

const { seed, minutes } = testConfig.relayerDrill
const rounds = minutes === null ? 14 : Number.POSITIVE_INFINITY
const secondKey = `0x${'7e'.repeat(32)}` as const
let street: LivingStreet
const shops: TestShop[] = []
const tills = new Map<number, { hand: TillHand; next: bigint }>()
const chance = new Chance(`relayer ${seed}`)
const done: string[] = []

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 5, moreKeys: [secondKey] })
  for (const key of [street.relayerAddress, privateKeyToAccount(secondKey).address]) {
    await street.chain.ask('anvil_setBalance', [key, '0x56bc75e2d63100000'])
  }
  for (let count = 0; count < 3; count += 1) {
    const shop = await openShop(street.network, 1_000_000_000n)
    shops.push(shop)
    tills.set(shop.shop, { hand: new TillHand(street.network, shop), next: 1n })
  }
  // What opened the shops is deeper than any fork that chance makes.
  await street.chain.mineEmpty(20)
  await street.mirror()
})
afterAll(() => street.close())

/** What tills and phones have sent, to be sent again: the answer must not change but for getting further. */
const sent: { readonly act: (body: unknown) => Promise<object>; readonly body: unknown; owed: bigint }[] = []
const promised = { given: 0n, paid: 0n }
let number = 0n

const member = () => street.member(chance.below(5))
const shopByChance = () => chance.of(shops)

async function sell(): Promise<void> {
  const shop = shopByChance()
  const till = tills.get(shop.shop)
  if (!till) throw new Error('every shop has a till')
  const sales = Array.from({ length: 1 + chance.below(6) }, () => {
    // An hour late is nothing; more than ten minutes ahead would be refused.
    const soldAt = Math.floor(Date.now() / 1000) - chance.below(3_600)
    return { member: member().address, points: BigInt(20 + chance.below(80)), soldAt }
  })
  const body = await till.hand.startAt(till.next).ring(...sales)
  till.next += BigInt(sales.length)
  sent.push({ act: issue, body, owed: 0n })
  expect(await issue(body)).toHaveProperty('results')
  promised.given += sales.reduce((sum, { points }) => sum + points, 0n)
}

async function pay(): Promise<void> {
  number += 1n
  const points = BigInt(1 + chance.below(30))
  const terms = { member: member(), sequence: number, lines: [{ token: shopByChance().token, points }] }
  const body = await signedPayment(street.network, shopByChance(), terms)
  const payment = { act: redeem, body, owed: points }
  sent.push(payment)
  await sendOne(payment)
}

/** A payment refused for want of points may be taken when it is sent again, and counts from then on, once. */
async function sendOne(one: (typeof sent)[number]): Promise<void> {
  if (isRefusal(await one.act(one.body))) return
  promised.paid += one.owed
  one.owed = 0n
}

async function send(): Promise<void> {
  number += 1n
  const gift = { from: member(), to: member().address, points: 1n, nonce: number }
  await transfer(await signedTransfer(street.network, shopByChance(), gift))
}

/** A whole receipt goes back, its points deducted from the cash: so the supply stays what it was. */
async function giveBack(): Promise<void> {
  const shop = shopByChance()
  const next = tills.get(shop.shop)?.next ?? 1n
  if (next === 1n) return
  const purchase = { till: 1, sequence: 1n + BigInt(chance.below(Number(next - 1n))) }
  const body = await signedReversal(street.network, shop, { purchase, before: 0n, points: 1n, taken: 0n, debt: 0n })
  sent.push({ act: reverse, body, owed: 0n })
  await reverse(body)
}

async function sendAgain(): Promise<void> {
  for (let times = 0; times < 5 && sent.length > 0; times += 1) {
    await sendOne(chance.of(sent))
  }
}

const hexOf = (value: bigint): string => `0x${value.toString(16)}`

const blows: Readonly<Record<string, () => Promise<unknown>>> = {
  'the node forgets what waits': () => street.chain.ask('anvil_dropAllTransactions'),
  'blocks vanish': async () => {
    await street.chain.mine()
    await street.chain.ask('anvil_reorg', [1 + chance.below(2), []])
    if (chance.below(2) === 0) await street.chain.ask('anvil_dropAllTransactions')
  },
  'the process starts anew': async () => street.forget(),
  'gas becomes dear': async () => {
    for (let block = 0; block < 18; block += 1) {
      await street.chain.ask('anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00'])
      await street.chain.mine()
      await street.turn()
    }
    await street.chain.ask('anvil_setNextBlockBaseFeePerGas', ['0x0'])
    await street.chain.mine()
  },
  'another hand uses the key': async () => {
    const [newest] = await street.submissions()
    if (!newest) return
    await street.chain.ask('anvil_dropAllTransactions')
    const from = hexAddress(newest.sender)
    const nonce = await street.chain.ask<string>('eth_getTransactionCount', [from, 'latest'])
    await street.chain.ask('eth_sendTransaction', [{ from, to: from, nonce, gas: '0x5208', gasPrice: '0x77359400' }])
    await street.chain.mine()
    for (let block = 0; block < 14; block += 1) {
      await street.turn()
      await street.chain.mine()
    }
  },
  'a transaction runs out of gas': async () => {
    const newest = (await street.submissions()).find(({ state }) => state === 'signed')
    if (!newest) return
    const { to, data } = parseTransaction(hexAddress(newest.raw))
    await street.chain.ask('anvil_dropAllTransactions')
    const place = { from: hexAddress(newest.sender), nonce: hexOf(newest.nonce) }
    const request = { ...place, to, data, gas: '0x15f90', gasPrice: '0x0' }
    const hash = await street.chain.ask<string>('eth_sendTransaction', [request]).catch(() => null)
    if (hash === null) return
    await street.web.query('UPDATE portal.submission SET hash = $1 WHERE sender = $2 AND nonce = $3', [
      Buffer.from(hash.slice(2), 'hex'),
      newest.sender,
      newest.nonce,
    ])
  },
  'it is brought twice': async () => {
    for (const { raw } of (await street.submissions()).slice(0, 4)) {
      await street.chain.ask('eth_sendRawTransaction', [hexAddress(raw)]).catch(() => undefined)
    }
  },
}

const hexAddress = (bytes: Buffer): `0x${string}` => `0x${bytes.toString('hex')}`

async function round(): Promise<void> {
  for (let doing = 0; doing < 4; doing += 1) await chance.of([sell, sell, pay, pay, send, giveBack, sendAgain])()
  await street.closeLists()
  await street.turn()
  const name = chance.of(Object.keys(blows))
  done.push(name)
  await blows[name]?.()
  await street.turn()
  await street.chain.mine()
  await street.mirror()
}

async function untilQuiet(): Promise<void> {
  await street.closeLists()
  await street.settleDown()
  await street.settleDown()
}

async function booksAgree(): Promise<void> {
  const { rows } = await street.web.query<{ kind: string; state: string; refused: string | null; count: number }>(
    `SELECT i.kind, i.state, i.refused, count(*)::int AS count FROM portal.intent i
      WHERE i.state <> 'sent' AND i.kind IN ('purchase', 'payment') GROUP BY 1, 2, 3`,
  )
  // Everything that was promised stands; nothing that chance did was anybody's fault at a counter.
  expect(rows, done.join('\n')).toEqual([])
  let supply = 0n
  for (const { token } of shops) supply += await read(street.network, shopPointsAbi, token, 'totalSupply', [])
  expect(supply, done.join('\n')).toBe(promised.given - promised.paid)
  expect(await chainTotals()).toMatchObject({ differences: 0 })
}

test(
  `nothing is lost and nothing doubled, whatever happens (seed ${seed})`,
  async () => {
    const until = Date.now() + (minutes ?? 10) * 60_000
    const checks = minutes === null ? rounds : 10
    try {
      for (let count = 1; count <= rounds && (minutes === null || Date.now() < until); count += 1) {
        await round()
        if (count % checks !== 0) continue
        await untilQuiet()
        await booksAgree()
        console.log(`${count} rounds, the books agree`)
      }
      await untilQuiet()
      await booksAgree()
    } catch (error) {
      console.error(`seed ${seed}, after: ${done.join(', ')}`)
      throw error
    }
  },
  minutes === null ? undefined : (minutes + 5) * 60_000,
)
