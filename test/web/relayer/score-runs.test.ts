import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Hex, keccak256, stringToHex } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scoreLogAbi, standingAbi } from '#contracts/generated.ts'
import { lastInputs } from '#indexer/rescore/inputs.ts'
import { Rescorer } from '#indexer/rescore/rescorer.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled, type TestShop } from '#test/support/network.ts'
import { secondsNow, TillHand } from '#test/support/till-hand.ts'
import { issue } from '#web/acts/issue.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { type ProvenScore, proveScore } from '#web/acts/score-proof.ts'
import { intentState } from '#web/queries/intent-state.ts'

/** Runs of scoring on their way to the chain's log. The indexer asks for them, as itself. */

import { askedBy } from '../../../scripts/score/asked.ts'
import { checkProofFile } from '../../../scripts/score/check-proof.ts'
import { replayFile } from '../../../scripts/score/replay.ts'

let street: LivingStreet
let indexer: pg.Client
let wishes = 0

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 12 })
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

describe('a run of real purchases', () => {
  const timeZone = 'Europe/Berlin'
  let folder = ''
  let rescorer: Rescorer
  const accountOf = (place: number) => street.member(place).address.toLowerCase() as Hex
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const asked = (what: string, input: string, ...more: string[]) => {
    const deployment = street.environment['DEPLOYMENT_FILE'] as string
    return askedBy([what, '--input', input, '--rpc', street.chain.url, '--deployment', deployment, ...more])
  }
  const inputsNow = async () => {
    const lines: string[] = []
    const refused = await lastInputs({ url: street.database.urls.indexer, timeZone }, (more) => lines.push(more))
    return { refused, text: lines.join('') }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'highstreet-score-runs-'))
    const { rows } = await street.owner.query<{ epoch: bigint }>('SELECT epoch FROM ledger.leader')
    rescorer = new Rescorer({ url: street.database.urls.indexer, timeZone, epoch: () => BigInt(rows[0]?.epoch ?? 0) })
    const hand = new TillHand(street.network, street.network.shops[0] as TestShop)
    const sales = Array.from({ length: 12 }, (_, place) =>
      [5, 3, 1].slice(place % 3).map((daysAgo) => {
        return { member: accountOf(place), spend: 500n + BigInt(place), soldAt: secondsNow() - daysAgo * 86_400 }
      }),
    ).flat()
    const answer = await issue(await hand.ring(...sales))
    if (isRefusal(answer)) throw new Error(answer.refused)
    await street.closeLists()
    await street.settleDown()
    await street.owner.query(`INSERT INTO portal.consent VALUES ($1, 'personalisation', false, now())`, [
      Buffer.from(accountOf(11).slice(2), 'hex'),
    ])
    await appoint(street.relayerAddress)
    await street.mirror()
    expect(await rescorer.run()).toMatchObject({ kind: 'fit', members: 11 })
    await street.settleDown()
  })
  afterAll(async () => {
    await rescorer.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('N-20: whoever has the inputs and the chain does it again, to the same root', async () => {
    const { refused, text } = await inputsNow()
    expect(refused).toBeUndefined()
    const report = await replayFile(asked('replay', file('inputs.csv', text)))
    expect(report.checks.map(({ what, holds }) => [what, holds])).toEqual([
      ['block', true],
      ['block hash', true],
      ['model', true],
      ['inputs', true],
      ['scores', true],
      ['purchases', true],
    ])
    expect(report).toMatchObject({ run: await count(), scores: 11 })
    expect(report.checks.at(-1)?.found).toContain('1 members are left out')
  })

  test('an input that was changed is found, and the chain says what was bought', async () => {
    const { text } = await inputsNow()
    const lines = text.trimEnd().split('\n')
    const last = lines.at(-1) as string
    lines[lines.length - 1] = last.replace(/\d+$/, (spend) => `${Number(spend) + 1}`)
    const report = await replayFile(asked('replay', file('changed.csv', `${lines.join('\n')}\n`)))
    const wrong = report.checks.filter(({ holds }) => !holds).map(({ what }) => what)
    expect(wrong).toContain('inputs')
    expect(wrong).toContain('purchases')
    expect(report.checks.at(-1)?.found).toMatch(/^row \d+ says shop 1, 0x/)
  })

  test('a member shows that what was said of them was fixed beforehand', async () => {
    const proven = (await proveScore(accountOf(3), { shop: '1' })) as ProvenScore
    expect(proven).toMatchObject({ run: await count(), score: { shop: 1, member: accountOf(3) } })
    const digits = (_: string, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)
    const saved = file('proof.json', JSON.stringify(proven, digits))
    const report = await checkProofFile(asked('check', saved))
    expect(report.checks.map(({ what, holds }) => [what, holds])).toEqual([
      ['proof', true],
      ['root', true],
    ])
    // What the proof proves of the tier, the standing of the network takes.
    const { score } = proven
    const args = [proven.run, { ...score, member: accountOf(3) }, proven.proof] as const
    const tierProof = call(standingAbi, street.network.contracts.standing, street.network.board, 'prove', args)
    await settled(street.chain, [tierProof])
    const held = await read(street.network, standingAbi, street.network.contracts.standing, 'standingOf', [
      1,
      accountOf(3),
    ])
    expect(held).toMatchObject({ tier: score.tier, run: proven.run })
    const dearer = readFileSync(saved, 'utf8').replace(/"valueMinor":"(\d+)"/, '"valueMinor":"1$1"')
    expect((await checkProofFile(asked('check', file('dearer.json', dearer)))).checks[0]).toMatchObject({
      holds: false,
    })
    const later = readFileSync(saved, 'utf8').replace(`"run":${proven.run}`, '"run":1')
    expect((await checkProofFile(asked('check', file('later.json', later)))).checks[1]).toMatchObject({ holds: false })
  })

  test('S30: whoever said no has nothing fixed, and others can still show theirs when somebody leaves', async () => {
    expect(await proveScore(accountOf(11), { shop: '1' })).toMatchObject({ refused: 'nothingFixed' })
    await street.owner.query(`INSERT INTO portal.consent VALUES ($1, 'personalisation', false, now())`, [
      Buffer.from(accountOf(4).slice(2), 'hex'),
    ])
    await rescorer.run()
    expect(await proveScore(accountOf(4), { shop: '1' })).toMatchObject({ refused: 'nothingFixed' })
    const proven = (await proveScore(accountOf(5), { shop: '1' })) as ProvenScore
    expect(proven.proof.length).toBeGreaterThan(2)
    expect((await inputsNow()).refused).toBe('somebodyLeft')
  })
})
