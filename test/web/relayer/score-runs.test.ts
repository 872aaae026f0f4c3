import pg from 'pg'
import { type Hex, keccak256, stringToHex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { scoreLogAbi } from '#contracts/generated.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled } from '#test/support/network.ts'
import { intentState } from '#web/queries/intent-state.ts'

/** Runs of scoring on their way to the chain's log. The indexer asks for them, as itself. */

let street: LivingStreet
let indexer: pg.Client
let wishes = 0

beforeAll(async () => {
  street = await openLivingStreet({ shops: 0, members: 0 })
  indexer = new pg.Client({ connectionString: street.database.urls.indexer })
  await indexer.connect()
})
afterAll(async () => {
  await indexer.end()
  await street.close()
})
beforeEach(async () => {
  await appoint(street.relayerAddress)
})

const log = () => street.network.contracts.scoreLog
const hash = (text: string): Hex => keccak256(stringToHex(text))

async function appoint(scorer: Hex): Promise<void> {
  await settled(street.chain, [call(scoreLogAbi, log(), street.network.board, 'appointScorer', [scorer])])
}

async function head(): Promise<{ block: number; blockHash: Hex }> {
  const { number, hash: blockHash } = await street.chain.ask<{ number: Hex; hash: Hex }>('eth_getBlockByNumber', [
    'latest',
    false,
  ])
  return { block: Number(number), blockHash }
}

async function wish(payload: object): Promise<string> {
  wishes += 1
  const key = `score:${wishes}`
  await indexer.query(
    `INSERT INTO portal.intent (shop, key, kind, points, content_hash, payload, state, attempts, created_at)
     VALUES (0, $1, 'score', 0, decode('', 'hex'), $2, 'open', 0, clock_timestamp())`,
    [key, JSON.stringify(payload)],
  )
  return key
}

const content = async (text: string) => ({
  ...(await head()),
  inputsHash: hash(`inputs ${text}`),
  model: 'expected-value/1',
  root: hash(`root ${text}`),
})

const committed = (run: number) => read(street.network, scoreLogAbi, log(), 'runOf', [run])
const count = () => read(street.network, scoreLogAbi, log(), 'runCount', [])

test('runs are committed in the order in which they were asked for, one after the other, and are final', async () => {
  const before = await count()
  const [first, second] = [await content('first'), await content('second')]
  const keys = [await wish(first), await wish(second)]
  expect(await street.turn()).toBe(1)
  expect(await street.turn()).toBe(0)
  street.forget()
  expect(await street.turn()).toBe(0)
  await street.settleDown()
  expect(await count()).toBe(before + 2)
  for (const [index, run] of [first, second].entries()) {
    expect(await committed(before + 1 + index)).toMatchObject({
      blockNumber: run.block,
      blockHash: run.blockHash,
      inputsHash: run.inputsHash,
      model: hash(run.model),
      root: run.root,
    })
    expect(await intentState(0, keys[index] as string)).toEqual({ state: 'final', code: null })
  }
})

test('a run that the chain cannot check is refused with the reason, and stops none after it', async () => {
  const before = await count()
  const wrong = await wish({ ...(await content('wrong')), blockHash: hash('another branch') })
  const garbled = await wish({ block: 'yesterday' })
  const right = await wish(await content('right'))
  await street.settleDown()
  for (let block = 0; block < 4; block += 1) {
    await street.turn()
    await street.chain.mine()
  }
  await street.settleDown()
  expect(await intentState(0, wrong)).toEqual({ state: 'refused', code: 'chainRefused' })
  expect(await intentState(0, garbled)).toEqual({ state: 'refused', code: 'chainRefused' })
  expect(await intentState(0, right)).toMatchObject({ state: 'final' })
  expect(await count()).toBe(before + 1)
  const { rows } = await street.owner.query(`SELECT payload FROM portal.intent WHERE key = $1`, [wrong])
  expect(rows[0].payload.facts.error).toBe('BlockHashDiffers')
})

test('whoever is not appointed commits nothing', async () => {
  await appoint('0x00000000000000000000000000000000000005c0')
  const before = await count()
  const key = await wish(await content('nobody’s'))
  for (let block = 0; block < 4; block += 1) {
    await street.turn()
    await street.chain.mine()
  }
  await street.settleDown()
  expect(await intentState(0, key)).toEqual({ state: 'refused', code: 'chainRefused' })
  expect(await count()).toBe(before)
})
