import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Hex, keccak256, stringToHex } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scoreLogAbi, standingAbi } from '#contracts/generated.ts'
import { Rescorer } from '#indexer/rescore/rescorer.ts'
import { testConfig } from '#test/support/config.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, read, settled, type TestShop } from '#test/support/network.ts'
import { secondsNow, TillHand } from '#test/support/till-hand.ts'
import { issue } from '#web/acts/issue.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { type ProvenScore, proveScore } from '#web/acts/score-proof.ts'
import { intentState } from '#web/queries/intent-state.ts'

/** Runs of scoring on their way to the chain's log. The indexer asks for them, as itself. */

import { checkProofFile } from '../../../scripts/score/check-proof.ts'
import { replayFile } from '../../../scripts/score/replay.ts'
import { auditorOf, decides, differing, goBack, timeZone } from './run-again.ts'

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
  let folder = ''
  let rescorer: Rescorer
  const accountOf = (place: number) => street.member(place).address.toLowerCase() as Hex
  let auditor: ReturnType<typeof auditorOf>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'highstreet-score-runs-'))
    auditor = auditorOf(street, folder)
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
    // Of the first member one purchase goes back whole and one in part, before anybody is judged.
    await goBack(street, 1n, 100n)
    await goBack(street, 2n, 30n)
    await decides(street, accountOf(11), false)
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
    const { refused, text } = await auditor.inputsOf()
    expect(refused).toBeUndefined()
    const report = await replayFile(auditor.asked('replay', auditor.file('inputs.csv', text)))
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
    const own = text.split('\n').filter((line) => line.includes(accountOf(0)))
    expect(own.map((line) => line.split(',').at(-1))).toEqual(['350', '500'])
  })

  test('N-20: the chain alone, and who said no, lead to the same root', async () => {
    const report = await auditor.replayedByChain('last')
    expect(report.checks.map(({ what }) => what)).toEqual(['block', 'block hash', 'model', 'inputs', 'scores'])
    expect(differing(report)).toEqual([])
    expect(report).toMatchObject({ run: await count(), scores: 11 })
    const everybody = await replayFile(auditor.onChain('replay', '--time-zone', timeZone))
    expect(differing(everybody)).toEqual(['inputs', 'scores'])
    const broken = auditor.file('broken.txt', `${accountOf(11)}\nsomebody\n`)
    await expect(replayFile(auditor.onChain('replay', '--left-out', broken))).rejects.toThrow('a fault')
  })

  test('an input that was changed is found, and the chain says what was bought', async () => {
    const { text } = await auditor.inputsOf()
    const lines = text.trimEnd().split('\n')
    const last = lines.at(-1) as string
    lines[lines.length - 1] = last.replace(/\d+$/, (spend) => `${Number(spend) + 1}`)
    const report = await replayFile(auditor.asked('replay', auditor.file('changed.csv', `${lines.join('\n')}\n`)))
    const wrong = report.checks.filter(({ holds }) => !holds).map(({ what }) => what)
    expect(wrong).toContain('inputs')
    expect(wrong).toContain('purchases')
    expect(report.checks.at(-1)?.found).toMatch(/^row \d+ says shop 1, 0x/)
  })

  test('a member shows that what was said of them was fixed beforehand', async () => {
    const proven = (await proveScore(accountOf(3), { shop: '1' })) as ProvenScore
    expect(proven).toMatchObject({ run: await count(), score: { shop: 1, member: accountOf(3) } })
    const digits = (_: string, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)
    const saved = auditor.file('proof.json', JSON.stringify(proven, digits))
    const report = await checkProofFile(auditor.asked('check', saved))
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
    expect((await checkProofFile(auditor.asked('check', auditor.file('dearer.json', dearer)))).checks[0]).toMatchObject(
      {
        holds: false,
      },
    )
    const later = readFileSync(saved, 'utf8').replace(`"run":${proven.run}`, '"run":1')
    expect((await checkProofFile(auditor.asked('check', auditor.file('later.json', later)))).checks[1]).toMatchObject({
      holds: false,
    })
  })

  test('S30: whoever said no has nothing fixed, and others can still show theirs when somebody leaves', async () => {
    expect(await proveScore(accountOf(11), { shop: '1' })).toMatchObject({ refused: 'nothingFixed' })
    await decides(street, accountOf(4), false)
    await rescorer.run()
    expect(await proveScore(accountOf(4), { shop: '1' })).toMatchObject({ refused: 'nothingFixed' })
    const proven = (await proveScore(accountOf(5), { shop: '1' })) as ProvenScore
    expect(proven.proof.length).toBeGreaterThan(2)
  })

  test('N-20: a past run is done again, whatever was undone and whoever has left or come back since', async () => {
    const [run, kept] = [await count(), await auditor.inputsOf()]
    const block = Number((await committed(run)).blockNumber)
    await goBack(street, 4n, 100n)
    await decides(street, accountOf(11), true)
    await street.owner.query('INSERT INTO judged.refit_wish VALUES (0, now())')
    expect(await rescorer.run()).toMatchObject({ kind: 'fit', members: 11 })
    await street.settleDown()
    expect(await count()).toBe(run + 1)
    const now = await auditor.inputsOf()
    expect([now.text.includes(accountOf(4)), now.text.includes(accountOf(11))]).toEqual([false, true])
    expect(now.text).not.toBe(kept.text)
    const past = await auditor.inputsOf({ block })
    expect(past).toEqual({ refused: undefined, text: kept.text })
    expect(past.text).toContain(accountOf(4))
    const printed = spawnSync(process.execPath, ['indexer/main.ts', 'inputs', '--run', `${run}`], {
      ...{ cwd: testConfig.root, encoding: 'utf8' },
    })
    expect([printed.status, printed.stdout]).toEqual([0, kept.text])
    const number = ['--run', `${run}`]
    const again = await replayFile(auditor.asked('replay', auditor.file('past.csv', past.text), ...number))
    expect(differing(again)).toEqual([])
    expect(differing(await auditor.replayedByChain({ block }, ...number))).toEqual([])
    expect(differing(await auditor.replayedByChain('last'))).toEqual([])
    expect((await auditor.inputsOf({ block: 1 })).refused).toBe('noSuchRun')
    await street.owner.query('UPDATE ledger.purchase SET spend = spend + 1 WHERE sequence = 3')
    expect(await auditor.inputsOf({ block })).toEqual({ refused: 'notTheSame', text: '' })
    await street.owner.query('UPDATE ledger.purchase SET spend = spend - 1 WHERE sequence = 3')
  })
})
