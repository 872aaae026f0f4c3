// The token against a bookkeeper who keeps a list of lots: the same acts to both, then every lane compared.
import fc from 'fast-check'
import { type Address, encodePacked, parseSignature, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { shopPointsAbi } from '#contracts/generated.ts'
import { packEntries, permitTypes, pointsDomain, transferWithAuthorizationTypes } from '#contracts/terms.ts'
import { chainId, keyOf, openStreet, quarterSeconds, type Street } from './support/street.ts'

const members = [1, 2, 3].map(keyOf)
const addresses = members.map((member) => member.address)

type Lot = { quarter: number; points: bigint }

/** Points as a list of lots per member; slow, plain, and written without looking at the packed words. */
class LotBook {
  quarter = 0
  readonly lots = new Map<Address, Lot[]>()

  held(member: Address): Lot[] {
    return (this.lots.get(member) ?? []).filter((lot) => this.quarter - lot.quarter < 5)
  }

  balance(member: Address): bigint {
    return this.held(member).reduce((sum, lot) => sum + lot.points, 0n)
  }

  lanes(member: Address): bigint[] {
    return [0, 1, 2, 3, 4].map((age) =>
      this.held(member)
        .filter((lot) => this.quarter - lot.quarter === age)
        .reduce((sum, lot) => sum + lot.points, 0n),
    )
  }

  give(member: Address, lots: readonly Lot[]): void {
    this.lots.set(member, [...this.held(member), ...lots])
  }

  take(member: Address, points: bigint): Lot[] {
    let missing = points
    const taken: Lot[] = []
    const left: Lot[] = []
    for (const lot of this.held(member).sort((one, other) => one.quarter - other.quarter)) {
      const part = lot.points < missing ? lot.points : missing
      missing -= part
      taken.push({ quarter: lot.quarter, points: part })
      left.push({ quarter: lot.quarter, points: lot.points - part })
    }
    this.lots.set(member, left)
    return taken
  }
}

const who = fc.integer({ min: 0, max: members.length - 1 })
// Around the balance: a share of it in thousandths, one less, exactly, one more.
const howMany = fc.oneof(
  fc.record({ share: fc.integer({ min: 0, max: 1000 }) }),
  fc.constantFrom({ beside: -1n }, { beside: 0n }, { beside: 1n }),
)
const acts = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('issue' as const), to: who, points: fc.bigInt({ min: 0n, max: 5_000n }) }),
    fc.record({ act: fc.constantFrom('transfer' as const, 'authorized' as const), from: who, to: who, howMany }),
    fc.record({ act: fc.constant('burn' as const), from: who, howMany }),
    fc.record({ act: fc.constant('quarter' as const), late: fc.integer({ min: 0, max: 90 }) }),
    fc.record({ act: fc.constant('lapse' as const), from: who }),
  ),
  { minLength: 8, maxLength: 22 },
)
type Act = typeof acts extends fc.Arbitrary<(infer One)[]> ? One : never

let street: Street
let token: Address
let nonce = 0

beforeAll(async () => {
  street = await openStreet(1)
  token = street.shops[0]?.token ?? zeroAddress
  for (const account of [...addresses, street.contracts.issuance, street.contracts.redemptions]) {
    await street.become(account)
  }
})

function member(index: number): Address {
  return addresses[index] ?? zeroAddress
}

function amountOf(wish: { share: number } | { beside: bigint }, balance: bigint): bigint {
  if ('share' in wish) return (balance * BigInt(wish.share)) / 1000n
  return balance + wish.beside < 0n ? 0n : balance + wish.beside
}

async function authorization(from: number, to: Address, value: bigint): Promise<readonly unknown[]> {
  nonce += 1
  const message = {
    from: member(from),
    to,
    value,
    validAfter: 0n,
    validBefore: 2n ** 40n,
    nonce: encodePacked(['uint256'], [BigInt(nonce)]),
  }
  const signature = await keyOf(from + 1).signTypedData({
    domain: pointsDomain(chainId, 1, token),
    types: transferWithAuthorizationTypes,
    primaryType: 'TransferWithAuthorization',
    message,
  })
  return [...Object.values(message), signature]
}

/** Does one act to the token and to the book; both must agree whether it goes through. */
async function perform(act: Act, book: LotBook): Promise<void> {
  if (act.act === 'issue') {
    const entry = { member: member(act.to), points: act.points, spend: 0n, soldAt: 0 }
    await street.must(street.contracts.issuance, token, shopPointsAbi, 'issue', [packEntries([entry]), 1n])
    book.give(member(act.to), [{ quarter: book.quarter, points: act.points }])
  } else if (act.act === 'quarter') {
    const start = (await street.read(token, shopPointsAbi, 'clock', [])) as readonly [number, number, number]
    await street.time.increaseTo(start[1] + quarterSeconds - 30 * 86_400 + act.late * 86_400)
    const owner = street.shops[0]?.owner.address ?? zeroAddress
    await street.must(owner, token, shopPointsAbi, 'postNotice', [`0x${'00'.repeat(32)}`])
    await street.time.increase(30 * 86_400)
    book.quarter += 1
  } else if (act.act === 'lapse') {
    await street.must(member(act.from), token, shopPointsAbi, 'lapse', [addresses])
  } else {
    const from = member(act.from)
    const balance = book.balance(from)
    const points = amountOf(act.howMany, balance)
    const outcome = await spend(act, points)
    expect(outcome.done).toBe(points <= balance)
    if (!outcome.done) {
      expect(outcome.error).toBe('ERC20InsufficientBalance')
      return
    }
    const taken = book.take(from, points)
    if (act.act !== 'burn') book.give(member(act.to), taken)
  }
}

async function spend(act: Extract<Act, { act: 'transfer' | 'authorized' | 'burn' }>, points: bigint) {
  const from = member(act.from)
  if (act.act === 'burn') {
    return street.call(street.contracts.redemptions, token, shopPointsAbi, 'burn', [from, Number(points)])
  }
  if (act.act === 'transfer') {
    return street.call(from, token, shopPointsAbi, 'transfer', [member(act.to), points])
  }
  const args = await authorization(act.from, member(act.to), points)
  return street.call(street.contracts.issuance, token, shopPointsAbi, 'transferWithAuthorization', args)
}

async function lanesOnChain(account: Address): Promise<bigint[]> {
  const answer = (await street.read(token, shopPointsAbi, 'lanesOf', [account])) as readonly [readonly number[], number]
  return answer[0].map(BigInt)
}

/** Does the acts to both, then compares every lane, every balance and the supply. */
async function performAll(sequence: readonly Act[]): Promise<void> {
  const book = new LotBook()
  for (const act of sequence) await perform(act, book)
  let supply = 0n
  for (const account of addresses) {
    expect(await lanesOnChain(account)).toEqual(book.lanes(account))
    expect(await street.read(token, shopPointsAbi, 'balanceOf', [account])).toBe(book.balance(account))
    supply += book.balance(account)
  }
  expect(await street.read(token, shopPointsAbi, 'totalSupply', [])).toBe(supply)
}

describe("a shop's points", () => {
  test('agree lane by lane with a list of lots, whatever members and time do', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        const snapshot = await street.networkHelpers.takeSnapshot()
        try {
          await performAll(sequence)
        } finally {
          await snapshot.restore()
        }
      }),
      { numRuns: 150 },
    )
  })

  test('can be allowed to a spender by a signature made with terms.ts', async () => {
    const message = { owner: member(0), spender: member(1), value: 77n, nonce: 0n, deadline: 2n ** 40n }
    const signature = await keyOf(1).signTypedData({
      domain: pointsDomain(chainId, 1, token),
      types: permitTypes,
      primaryType: 'Permit',
      message,
    })
    const { r, s, v } = parseSignature(signature)
    const split = [member(0), member(1), 77n, 2n ** 40n, Number(v), r, s]
    await street.must(member(2), token, shopPointsAbi, 'permit', split)
    expect(await street.read(token, shopPointsAbi, 'allowance', [member(0), member(1)])).toBe(77n)
    const again = await street.call(member(2), token, shopPointsAbi, 'permit', split)
    expect(again.error).toBe('ERC2612InvalidSigner')
  })

  test('of an account that is a contract move when the account itself agrees', async () => {
    // Returns the selector of isValidSignature, whatever it is asked.
    const always = '0x631626ba7e60e01b60005260206000f3'
    const account: Address = '0x00000000000000000000000000000000000acc07'
    await street.networkHelpers.setCode(account, always)
    const entry = { member: account, points: 50n, spend: 0n, soldAt: 0 }
    await street.must(street.contracts.issuance, token, shopPointsAbi, 'issue', [packEntries([entry]), 1n])
    const terms = [account, member(1), 20n, 0n, 2n ** 40n, `0x${'07'.repeat(32)}`, '0x']
    await street.must(member(2), token, shopPointsAbi, 'transferWithAuthorization', terms)
    expect(await street.read(token, shopPointsAbi, 'balanceOf', [account])).toBe(30n)
  })
})
