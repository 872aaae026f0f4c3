import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consortiumAbi } from '#contracts/generated.ts'
import { freshShop } from '#test/support/fresh-shop.ts'
import { type LivingStreet, openLivingStreet } from '#test/support/living-street.ts'
import { call, settled, type TestShop } from '#test/support/network.ts'
import { secondsNow, TillHand } from '#test/support/till-hand.ts'
import { issue } from '#web/acts/issue.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { given, refusedWith, states } from './issued.ts'

let street: LivingStreet
let shop: TestShop
let till: TillHand
const stranger = privateKeyToAccount(`0x${'99'.repeat(32)}`)

beforeAll(async () => {
  street = await openLivingStreet({ shops: 1, members: 3 })
})
afterAll(() => street.close())

beforeEach(async () => {
  ;({ shop, till } = await freshShop(street))
})

const member = (index: number) => street.member(index).address

async function keptIntents(): Promise<number> {
  const { rows } = await street.web.query<{ count: bigint }>(
    `SELECT count(*) AS count FROM portal.intent WHERE shop = $1 AND kind = 'purchase'`,
    [shop.shop],
  )
  return Number(rows[0]?.count)
}

describe('a purchase is promised once it is durable', () => {
  test('it is pending, then final when its block counts, and the points are there', async () => {
    const body = await till.ring({ member: member(0), points: 250n })
    expect(states(await given(body))).toEqual(['pending'])
    expect(await keptIntents()).toBe(1)
    await street.closeLists()
    await street.settleDown()
    const again = await given(body)
    expect(states(again)).toEqual(['final'])
    expect(again.member).toMatchObject({ address: member(0).toLowerCase(), balance: 250n, spendable: 250n })
  })

  test('the same receipt with the same content is answered alike and kept once', async () => {
    const body = await till.ring({ member: member(0) }, { member: member(1) })
    const first = await given(body)
    expect(await given(body)).toEqual(first)
    expect(await keptIntents()).toBe(2)
  })

  test('twenty posts of one receipt at once keep it once', async () => {
    const body = await till.ring({ member: member(0) })
    const answers = await Promise.all(Array.from({ length: 20 }, () => given(body)))
    expect(new Set(answers.map((answer) => states(answer)[0]))).toEqual(new Set(['pending']))
    expect(await keptIntents()).toBe(1)
  })

  test('five hundred purchases fit one post', async () => {
    const body = await till.ring(...Array.from({ length: 500 }, (_, index) => ({ member: member(index % 3) })))
    expect(states(await given(body)).every((state) => state === 'pending')).toBe(true)
    expect(await keptIntents()).toBe(500)
  })

  test('a list grows post by post under the newest signature', async () => {
    for (let sale = 0; sale < 4; sale += 1) await given(await till.ring({ member: member(0) }))
    const { rows } = await street.web.query('SELECT count FROM portal.till_batch WHERE shop = $1', [shop.shop])
    expect(rows).toEqual([{ count: 4 }])
  })
})

describe('what a till sends while it waits is one longer list', () => {
  test('each post has its own answer, and every purchase is kept once', async () => {
    const bodies = []
    for (let sale = 0; sale < 6; sale += 1) bodies.push(await till.ring({ member: member(sale % 2), points: 10n }))
    // The second post again, with what the first had already brought.
    const [first, second, ...rest] = bodies
    if (!first || !second) throw new Error('no posts')
    const both = { ...second, entries: [...first.entries, ...second.entries] }
    const answers = await Promise.all([...bodies, both].map((body) => given(body)))
    const numbers = answers.map(({ results }) => results.map(({ sequence: number }) => number))
    expect(numbers).toEqual([[1n], [2n], [3n], [4n], [5n], [6n], [1n, 2n]])
    expect(answers.flatMap(states).every((state) => state === 'pending')).toBe(true)
    expect(answers.map((answer) => answer.member?.address)).toEqual(
      [0, 1, 0, 1, 0, 1, null].map((index) => (index === null ? undefined : member(index).toLowerCase())),
    )
    expect(await Promise.all([first, ...rest].map((body) => given(body)))).toHaveLength(5)
    expect(await keptIntents()).toBe(6)
  })

  test('one that says something else, or follows after a gap, spoils none of the others', async () => {
    const stray = await new TillHand(street.network, shop).ring({ member: member(0), points: 99n })
    const first = await till.ring({ member: member(0), points: 10n })
    const second = await till.ring({ member: member(1), points: 20n })
    const lost = await till.ring({ member: member(1), points: 30n })
    const after = await till.ring({ member: member(1), points: 40n })
    const answers = await Promise.all([first, second, stray, after].map((body) => issue(body)))
    const told = answers.map((answer) => (isRefusal(answer) ? answer.refused : states(answer)))
    expect(told).toEqual([['pending'], ['pending'], 'receiptConflict', 'earlierEntriesMissing'])
    for (const late of [lost, after]) expect(states(await given(late))).toEqual(['pending'])
    const kept = 'SELECT points FROM portal.intent WHERE shop = $1 ORDER BY sequence'
    const { rows } = await street.web.query(kept, [shop.shop])
    expect(rows).toEqual([10n, 20n, 30n, 40n].map((points) => ({ points })))
  })
})

describe('a receipt is used once', () => {
  test('other content under the number is refused, and the first stays', async () => {
    await given(await till.ring({ member: member(0), points: 100n }))
    const other = await new TillHand(street.network, shop).ring({ member: member(0), points: 101n })
    expect(await refusedWith(other)).toBe('batchForked')
    const { rows } = await street.web.query('SELECT points FROM portal.intent WHERE shop = $1', [shop.shop])
    expect(rows).toEqual([{ points: 100n }])
  })

  test('a list that holds a promised number waits until that promise is kept, lest it take its place', async () => {
    await given(await till.ring({ member: member(0), points: 10n }))
    const overlapping = new TillHand(street.network, shop).startAt(0n)
    const body = await overlapping.ring({ member: member(1), points: 5n }, { member: member(1), points: 6n })
    expect(await issue(body)).toMatchObject({ refused: 'receiptConflict', facts: { sequences: [1n] } })
    expect(await keptIntents()).toBe(1)
  })

  test('a post in which every number was used otherwise is refused as a whole', async () => {
    await given(await till.ring({ member: member(0) }, { member: member(0) }))
    const other = await new TillHand(street.network, shop).startAt(2n).ring({ member: member(1) })
    expect(await refusedWith(other)).toBe('receiptConflict')
  })

  test('what the chain got past the portal is known by its content', async () => {
    const body = await till.ring({ member: member(0), points: 70n })
    await given(body)
    await street.closeLists()
    await street.settleDown()
    // The portal's own memory of it is lost; the chain's is not.
    await street.owner.query('DELETE FROM portal.intent WHERE shop = $1', [shop.shop])
    await street.owner.query('DELETE FROM portal.till_batch WHERE shop = $1', [shop.shop])
    expect(states(await given(body))).toEqual(['final'])
    const other = await new TillHand(street.network, shop).ring({ member: member(0), points: 71n })
    await street.owner.query('DELETE FROM portal.till_batch WHERE shop = $1', [shop.shop])
    expect(await refusedWith(other)).toBe('receiptConflict')
  })

  test('a batch that holds a used number is issued for the rest', async () => {
    await given(await till.ring({ member: member(0), points: 10n }))
    await street.closeLists()
    await street.settleDown()
    const overlapping = await new TillHand(street.network, shop)
      .startAt(0n)
      .ring({ member: member(1), points: 5n }, { member: member(1), points: 6n }, { member: member(1), points: 7n })
    expect(states(await given(overlapping))).toEqual(['pending', 'receiptConflict', 'pending'])
    await street.closeLists()
    await street.settleDown()
    expect(states(await given(overlapping))).toEqual(['final', 'receiptConflict', 'final'])
    const { rows } = await street.web.query(
      'SELECT sequence, points FROM ledger.purchase WHERE shop = $1 ORDER BY sequence',
      [shop.shop],
    )
    expect(rows).toEqual([
      { sequence: 0n, points: 5n },
      { sequence: 1n, points: 10n },
      { sequence: 2n, points: 7n },
    ])
  })
})

describe('tills that were away', () => {
  test('posts that come in the wrong order are asked for again, from where it is known', async () => {
    const first = await till.ring({ member: member(0) })
    const second = await till.ring({ member: member(0) })
    expect(await issue(second)).toMatchObject({
      refused: 'earlierEntriesMissing',
      facts: { firstSequence: 1n, sendFrom: 1n },
    })
    await given(first)
    expect(states(await given(second))).toEqual(['pending'])
  })

  test('72 hours of sales resent five times in any order stand once each', async () => {
    const posts = []
    for (let hour = 0; hour < 24; hour += 1) {
      const soldAt = secondsNow() - hour * 3 * 3600 + 3600
      posts.push(
        await till
          .startAt(BigInt(hour * 2 + 1))
          .ring(
            { member: member(0), soldAt: Math.min(soldAt, secondsNow() + 590) },
            { member: member(1), soldAt: secondsNow() - 3600 },
          ),
      )
    }
    const shuffled = [...posts, ...posts, ...posts, ...posts, ...posts].sort(bySeed(7))
    for (const post of shuffled) await given(post)
    expect(await keptIntents()).toBe(48)
  })
})

describe('what the chain would not take is refused at the counter', () => {
  const day = 86_400
  test.each([
    { what: 'sold eight days ago', sale: { soldAt: () => secondsNow() - 8 * day }, code: 'timeOfSale' },
    { what: 'sold in an hour', sale: { soldAt: () => secondsNow() + 3600 }, code: 'timeOfSale' },
    { what: 'sold almost seven days ago', sale: { soldAt: () => secondsNow() - 7 * day + 60 }, code: 'pending' },
    { what: 'a clock nine minutes fast', sale: { soldAt: () => secondsNow() + 540 }, code: 'pending' },
    { what: 'points at the limit', sale: { points: 1_000_000n }, code: 'pending' },
    { what: 'points above the limit', sale: { points: 1_000_001n }, code: 'overReceiptLimit' },
    { what: 'no points at all', sale: { points: 0n }, code: 'pending' },
    { what: 'nobody', sale: { member: `0x${'00'.repeat(20)}` as const }, code: 'noMember' },
  ])('$what: $code', async ({ sale, code }) => {
    const { soldAt, ...rest } = { soldAt: () => secondsNow(), ...sale }
    const body = await till.ring({ member: member(0), ...rest, soldAt: soldAt() })
    expect(states(await given(body))).toEqual([code])
    expect(states(await given(body))).toEqual([code])
  })

  test('a refused purchase does not stop the list it stands in', async () => {
    await given(await till.ring({ member: member(0), points: 9_000_000n }))
    expect(states(await given(await till.ring({ member: member(0), points: 9n })))).toEqual(['pending'])
    await street.closeLists()
    await street.settleDown()
    const { rows } = await street.web.query('SELECT points FROM ledger.purchase WHERE shop = $1', [shop.shop])
    expect(rows).toEqual([{ points: 9n }])
  })

  test('an import key may go back as far as it likes', async () => {
    const key = privateKeyToAccount(`0x${'4b'.repeat(31)}${shop.shop.toString(16).padStart(2, '0')}`)
    const { consortium } = street.network.contracts
    const wanted = [shop.shop, key.address, 1_000_000] as const
    await settled(street.chain, [
      call(consortiumAbi, consortium, shop.owner, 'askImport', wanted),
      call(consortiumAbi, consortium, street.network.board, 'approveImport', wanted),
    ])
    await street.mirror()
    const importing = new TillHand(street.network, shop, { till: 2, key })
    const body = await importing.ring({ member: member(0), soldAt: Date.UTC(1997, 0, 1) / 1000 })
    expect(states(await given(body))).toEqual(['pending'])
    await street.closeLists()
    await street.settleDown()
    expect(states(await given(body))).toEqual(['final'])
  })
})

describe('only the till itself may speak for the till', () => {
  test.each([
    { what: 'another key', signing: { key: stranger }, code: 'badTillSignature' },
    { what: 'a till that does not exist', signing: { till: 9 }, code: 'unknownTill' },
    { what: 'a shop that does not exist', signing: { shop: 90_000 }, code: 'unknownShop' },
    { what: 'another contract', signing: { issuance: stranger.address }, code: 'badTillSignature' },
    { what: 'another chain', signing: { chainId: 1 }, code: 'badTillSignature' },
  ])('$what: $code', async ({ signing, code }) => {
    const body = await new TillHand(street.network, shop, signing).ring({ member: member(0) })
    expect(await refusedWith(body)).toBe(code)
    expect(await keptIntents()).toBe(0)
  })

  test('a changed purchase, signature or head', async () => {
    const body = await till.ring({ member: member(0) })
    const changed = { ...body, entries: body.entries.map((entry) => ({ ...entry, points: '101' })) }
    expect(await refusedWith(changed)).toBe('badTillSignature')
    const { signature } = body.batch
    const flipped = `${signature.slice(0, 20)}${signature[20] === 'a' ? 'b' : 'a'}${signature.slice(21)}`
    expect(await refusedWith({ ...body, batch: { ...body.batch, signature: flipped } })).toBe('badTillSignature')
    expect(await refusedWith({ ...body, batch: { ...body.batch, head: `0x${'11'.repeat(32)}` } })).toBe(
      'badTillSignature',
    )
    expect(await keptIntents()).toBe(0)
  })

  test('a suspended shop', async () => {
    const { consortium } = street.network.contracts
    await settled(street.chain, [call(consortiumAbi, consortium, street.network.board, 'suspend', [shop.shop])])
    await street.mirror()
    expect(await refusedWith(await till.ring({ member: member(0) }))).toBe('shopNotActive')
  })
})

function bySeed(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
}
