// A real run over many members: its tree, its commitment, and what anyone proves against it; and what that costs.
import { type Address, type Hex, keccak256, stringToHex } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { scoreLogAbi, standingAbi, tierNames } from '#contracts/generated.ts'
import { board } from '#test/support/founding.ts'
import { leafOf, merkleTree, type ScoreLeaf, scoreLeaf } from './support/merkle-tree.ts'
import { keyOf, openStreet, type Street } from './support/street.ts'

const scorer: Address = '0x000000000000000000000000000000000005c03e'
const anybody: Address = '0x00000000000000000000000000000000000a4b0d'
const inputsHash = keccak256(stringToHex('every purchase'))
const model = keccak256(stringToHex('recency-frequency-value/1'))
const members = 1_000
const monthSeconds = 30 * 86_400
const tier = (name: (typeof tierNames)[number]): number => tierNames.indexOf(name)
const measured: { what: string; gas: number; most: number }[] = []

interface Held {
  readonly tier: number
  readonly since: number
  readonly until: number
  readonly next: number
  readonly badges: bigint
  readonly run: number
}

let street: Street

/** Scores of all members at a shop and in the network. */
function scoresWith(tierOf: (member: number) => number): ScoreLeaf[] {
  return Array.from({ length: members }, (_, index) => ({
    shop: index % 2,
    member: keyOf(index).address,
    tier: tierOf(index),
    badges: index % 5 === 0 ? 1n << 7n : 0n,
    alivePpm: 1_000_000 - index,
    purchasesMillionths: BigInt(index) * 12_345n,
    valueMinor: BigInt(index) * 99n,
  }))
}

async function commit(run: number, scores: readonly ScoreLeaf[]) {
  const tree = merkleTree(scores.map(scoreLeaf))
  const block = await street.request<{ number: Hex; hash: Hex }>('eth_getBlockByNumber', ['latest', false])
  const args = [run, Number(block.number), block.hash, inputsHash, model, tree.root]
  const gas = await street.must(scorer, street.contracts.scoreLog, scoreLogAbi, 'commit', args)
  const prove = (index: number) => {
    const score = scores[index]
    if (score === undefined) throw new Error(`There is no score ${index}`)
    return [run, score, tree.proofOf(scoreLeaf(score))] as const
  }
  return { gas, prove, block, root: tree.root }
}

const submit = (args: readonly unknown[]): Promise<bigint> =>
  street.must(anybody, street.contracts.standing, standingAbi, 'prove', args)
const refusal = async (args: readonly unknown[]): Promise<string> =>
  (await street.call(anybody, street.contracts.standing, standingAbi, 'prove', args)).error
const heldBy = async (member: number): Promise<Held> =>
  (await street.read(street.contracts.standing, standingAbi, 'standingOf', [member % 2, keyOf(member).address])) as Held

function keep(what: string, gas: bigint, most: number): void {
  measured.push({ what, gas: Number(gas), most })
}

beforeAll(async () => {
  street = await openStreet(1)
  for (const who of [scorer, anybody]) await street.become(who)
  await street.must(board, street.contracts.scoreLog, scoreLogAbi, 'appointScorer', [scorer])
})

describe('a score run', () => {
  test('is hashed leaf by leaf as the contract does it, in the tree that OpenZeppelin publishes', async () => {
    const types = [{ type: 'address' }, { type: 'uint256' }]
    const published = [
      leafOf(['0x1111111111111111111111111111111111111111', 5_000_000_000_000_000_000n], types),
      leafOf(['0x2222222222222222222222222222222222222222', 2_500_000_000_000_000_000n], types),
    ]
    expect(merkleTree(published).root).toBe('0xd4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77')
    for (const score of scoresWith(() => 2).slice(0, 20)) {
      expect(await street.read(street.contracts.standing, standingAbi, 'leafOf', [score])).toBe(scoreLeaf(score))
    }
  })

  test('is committed once, and every tier in it can be proved by anybody', async () => {
    const first = await commit(
      1,
      scoresWith((index) => tier(index % 3 === 0 ? 'Silver' : 'Gold')),
    )
    keep('commit the first run', first.gas, 180_000)
    const run = await street.read(street.contracts.scoreLog, scoreLogAbi, 'runOf', [1])
    expect(run).toMatchObject({ blockNumber: Number(first.block.number), blockHash: first.block.hash, model })
    expect(run).toMatchObject({ inputsHash, root: first.root })

    keep('prove a first tier', await submit(first.prove(1)), 75_000)
    keep('prove a first tier and a badge', await submit(first.prove(5)), 80_000)
    expect(await heldBy(1)).toMatchObject({ tier: tier('Gold'), until: 0, run: 1 })
    expect(await heldBy(5)).toMatchObject({ tier: tier('Gold'), badges: 1n << 7n })
    for (const index of [0, 2, 3, 499, 500, 997, 998, 999]) {
      await submit(first.prove(index))
      expect((await heldBy(index)).tier).toBe(tier(index % 3 === 0 ? 'Silver' : 'Gold'))
    }
    expect(await refusal(first.prove(1))).toBe('ScoreSuperseded')
  })

  test('proves nothing that it does not say', async () => {
    const { prove } = await commit(
      2,
      scoresWith(() => tier('Bronze')),
    )
    const [run, score, proof] = prove(10)
    expect(await refusal([run, { ...score, tier: tier('Gold') }, proof])).toBe('NotInRun')
    expect(await refusal([run, { ...score, member: keyOf(11).address }, proof])).toBe('NotInRun')
    expect(await refusal([run, score, proof.slice(1)])).toBe('NotInRun')
    expect(await refusal([1, score, proof])).toBe('NotInRun')
    expect(await refusal([9, score, proof])).toBe('UnknownRun')
  })

  test('lowers a tier after 30 days, and raises it at once', async () => {
    const { prove, gas } = await commit(
      3,
      scoresWith(() => tier('Bronze')),
    )
    keep('commit a later run', gas, 165_000)
    keep('prove a lower tier: notice', await submit(prove(3)), 65_000)
    await submit(prove(1))
    const noticed = await heldBy(3)
    expect(noticed).toMatchObject({ tier: tier('Silver'), next: tier('Bronze'), run: 3 })
    expect(noticed.until).toBe((await heldBy(1)).until - 1)
    expect(noticed.until - noticed.since).toBeGreaterThanOrEqual(monthSeconds)

    const recovered = await commit(
      4,
      scoresWith(() => tier('Gold')),
    )
    keep('prove a higher tier, withdrawing a notice', await submit(recovered.prove(3)), 65_000)
    expect(await heldBy(3)).toMatchObject({ tier: tier('Gold'), next: 0, until: 0 })

    const lower = async () =>
      street.call(anybody, street.contracts.standing, standingAbi, 'lower', [1, keyOf(1).address])
    const { until } = await heldBy(1)
    await street.time.setNextBlockTimestamp(until - 1)
    expect((await lower()).error).toBe('NoticeStillRuns')
    if ((await street.time.latest()) < until) await street.time.setNextBlockTimestamp(until)
    const lowered = await lower()
    expect(lowered).toMatchObject({ done: true, error: '' })
    keep('lower as noticed', lowered.gasUsed, 45_000)
    expect(await heldBy(1)).toMatchObject({ tier: tier('Bronze'), since: until, until: 0 })
  })

  test('costs within its limits', () => {
    console.table(measured)
    for (const { what, gas, most } of measured) expect.soft(gas, what).toBeLessThanOrEqual(most)
  })
})
