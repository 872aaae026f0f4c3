// account-orders.ts and the Solidity beside it agree on every byte: orders about keys and guardian, brought by anybody,
// from joining with an account nobody deployed to getting it back without the phone.
import { type Address, type Hex, hashTypedData, keccak256, parseEventLogs, zeroAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type AccountCall,
  type AccountOrder,
  accountDomain,
  accountOrderCall,
  accountOrderDigest,
  completeRecoveryCall,
  KEY_SETTLES_AFTER,
  keyName,
  LEAST_GUARDIAN_DELAY,
  MOST_GUARDIAN_DELAY,
  MOST_KEYS,
  NO_DEADLINE,
  type RecoveryStart,
  typedAccountOrder,
} from '#contracts/account-orders.ts'
import { issuanceAbi, memberAccountAbi, memberAccountsAbi, redemptionsAbi } from '#contracts/generated.ts'
import { type AccountArguments, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
import { deployCall } from '#contracts/user-operation.ts'
import { type Passkey, passkeyOf } from './support/passkey.ts'
import { acceptedPayments, passkeyTerms, signedBatch, typedTerms } from './support/signing.ts'
import { chainId, keyOf, openStreet, type Street } from './support/street.ts'

const anybody: Address = '0x00000000000000000000000000000000000a17b0'
const guardian = keyOf(70)
const days = 86_400
const terms = keccak256('0x7e4175')

let street: Street
let accounts: Address

beforeAll(async () => {
  street = await openStreet(2)
  accounts = street.contracts.accounts
  await street.become(anybody)
})

const argumentsOf = (number: number, guard: Address = guardian.address): AccountArguments => {
  const { x, y } = passkeyOf(number)
  return { x, y, guardian: guard, delay: guard === zeroAddress ? 0 : 3 * days }
}

/** Sends a call as anybody; the name of the refusal, or nothing where it was carried out. */
const send = async ({ to, data }: AccountCall): Promise<string> => (await street.send(anybody, to, data)).error

/** The account of a member, deployed by anybody. */
async function deployed(number: number, guard?: Address): Promise<Address> {
  expect(await send(deployCall(accounts, argumentsOf(number, guard)))).toBe('')
  return memberAddress(accounts, argumentsOf(number, guard))
}

/** A digest as a device of the account signs it: x and y of the device, guardian and delay of the address. */
function signedBy(device: Passkey, member: AccountArguments, digest: Hex): Hex {
  const account = { ...member, x: device.x, y: device.y }
  const assertion = device.assert(digest)
  const packed = packAssertion({ account, rpIdHash: rpIdHashOf('localhost'), digest, assertion })
  if ('refused' in packed) throw new Error(packed.refused)
  return packed.signature
}

async function order(device: Passkey, member: AccountArguments, said: AccountOrder): Promise<string> {
  const account = memberAddress(accounts, member)
  return send(accountOrderCall(account, said, signedBy(device, member, accountOrderDigest(chainId, account, said))))
}

async function startBySignature(account: Address, said: RecoveryStart): Promise<string> {
  const typed = typedAccountOrder(chainId, account, said) as Parameters<typeof guardian.signTypedData>[0]
  return send(accountOrderCall(account, said, await guardian.signTypedData(typed)))
}

const read = (account: Address, name: string, args: readonly unknown[] = []): Promise<unknown> =>
  street.read(account, memberAccountAbi, name, args)
const signs = (account: Address, { x, y }: Passkey): Promise<unknown> => read(account, 'isSigner', [x, y])
const addition = ({ x, y }: Passkey, number: bigint, deadline = NO_DEADLINE): AccountOrder => {
  return { kind: 'AddKey', x, y, order: number, deadline }
}

describe('an order about keys', () => {
  test('is hashed in the domain of its own account', async () => {
    const account = await deployed(1)
    const domain = await read(account, 'eip712Domain')
    expect(domain).toEqual([
      '0x0f',
      ...Object.values(accountDomain(chainId, account)).map(wide),
      `0x${'0'.repeat(64)}`,
      [],
    ])
    const said = addition(passkeyOf(11), 0n)
    const typed = typedAccountOrder(chainId, account, said) as Parameters<typeof hashTypedData>[0]
    expect(accountOrderDigest(chainId, account, said)).toBe(hashTypedData(typed))
  })

  test('adds a device and removes the lost one, by signatures that anybody brings', async () => {
    const member = argumentsOf(2)
    const account = await deployed(2)
    const [phone, laptop] = [passkeyOf(2), passkeyOf(22)]
    expect(await order(phone, member, addition(laptop, 0n))).toBe('')
    expect(await order(phone, member, addition(laptop, 0n))).toBe('NotAgreed')
    expect(await signs(account, laptop)).toBe(true)
    const now = await street.time.latest()
    expect(await read(account, 'keyStanding', [keyName(laptop)])).toEqual([true, now + KEY_SETTLES_AFTER - 1])
    const removal: AccountOrder = { kind: 'RemoveKey', key: keyName(phone), order: 1n, deadline: NO_DEADLINE }
    expect(await order(laptop, member, removal)).toBe('KeyNotSettled')
    await street.time.increase(KEY_SETTLES_AFTER)
    expect(await order(phone, member, { ...removal, deadline: now })).toBe('OrderExpired')
    expect(await order(laptop, member, removal)).toBe('')
    expect([await signs(account, phone), await signs(account, laptop)]).toEqual([false, true])
    expect(await read(account, 'isValidSignature', [terms, signedBy(laptop, member, terms)])).toBe('0x1626ba7e')
    expect(await read(account, 'isValidSignature', [terms, signedBy(phone, member, terms)])).toBe('0xffffffff')
    const asUndeployed = [account, terms, signedBy(phone, member, terms)]
    expect(await street.read(accounts, memberAccountsAbi, 'agrees', asUndeployed)).toBe(false)
  })

  test('counts to eight', async () => {
    const member = argumentsOf(3)
    const account = await deployed(3)
    for (let device = 1; device < MOST_KEYS; device += 1) {
      expect(await order(passkeyOf(3), member, addition(passkeyOf(300 + device), BigInt(device - 1)))).toBe('')
    }
    expect(await read(account, 'keyCount')).toBe(BigInt(MOST_KEYS))
    expect(await order(passkeyOf(3), member, addition(passkeyOf(399), 7n))).toBe('TooManyKeys')
  })
})

describe('a payment that waits', () => {
  test('stands after a deployment by a stranger, and not once its key was removed', async () => {
    const member = { ...argumentsOf(4, zeroAddress) }
    const account = memberAddress(accounts, member)
    const soldAt = await street.time.latest()
    const purchase = [{ member: account, points: 1_000n, spend: 10_000n, soldAt }]
    await street.must(
      anybody,
      street.contracts.issuance,
      issuanceAbi,
      'issue',
      await signedBatch(street, 1, 0n, purchase),
    )
    const lines = [{ token: street.shops[0]?.token ?? zeroAddress, points: 10n }]
    const wish = { member: 4, shop: 2, lines, deadline: soldAt + 30 * days }
    const [first, second, third] = await Promise.all(
      [1n, 2n, 3n].map((sequence) => passkeyTerms(street, { ...wish, sequence })),
    )
    if (first === undefined || second === undefined || third === undefined) throw new Error('three payments')
    const pay = async (one: typeof first): Promise<boolean> => {
      const args = await acceptedPayments(street, 2, [one])
      await street.must(anybody, street.contracts.redemptions, redemptionsAbi, 'redeem', args)
      return (await street.read(street.contracts.redemptions, redemptionsAbi, 'paymentSpent', [
        2,
        1,
        one.terms.sequence,
      ])) as boolean
    }
    expect(await pay(first)).toBe(true)
    await deployed(4, zeroAddress)
    expect(await pay(second)).toBe(true)
    const laptop = passkeyOf(44)
    expect(await order(passkeyOf(4), member, addition(laptop, 0n))).toBe('')
    await street.time.increase(KEY_SETTLES_AFTER)
    const removal: AccountOrder = { kind: 'RemoveKey', key: keyName(passkeyOf(4)), order: 1n, deadline: NO_DEADLINE }
    expect(await order(laptop, member, removal)).toBe('')
    expect(await pay(third)).toBe(false)
    const byLaptop = signedBy(laptop, member, hashTypedData(typedTerms(street, third.terms)))
    expect(await pay({ terms: third.terms, item: { ...third.item, signature: byLaptop } })).toBe(true)
  })
})

describe('a lost phone', () => {
  test('is no lost account, though nobody ever deployed it', async () => {
    const member = argumentsOf(5)
    const account = await deployed(5)
    const anew = passkeyOf(55)
    const said: RecoveryStart = { kind: 'StartRecovery', x: anew.x, y: anew.y, recovery: 1, deadline: NO_DEADLINE }
    expect(await startBySignature(account, { ...said, recovery: 2 })).not.toBe('')
    expect(await startBySignature(account, said)).toBe('')
    expect(await startBySignature(account, said)).toBe('NotGuardian')
    expect(await send(completeRecoveryCall(account))).toBe('RecoveryNotReady')
    await street.time.increase(3 * days)
    expect(await send(completeRecoveryCall(account))).toBe('')
    expect([await signs(account, passkeyOf(5)), await signs(account, anew)]).toEqual([false, true])
    expect(await order(anew, member, addition(passkeyOf(56), 0n))).toBe('')
  })

  test('that turns up again objects', async () => {
    const account = await deployed(6)
    const anew = passkeyOf(66)
    const said: RecoveryStart = { kind: 'StartRecovery', x: anew.x, y: anew.y, recovery: 1, deadline: NO_DEADLINE }
    expect(await startBySignature(account, said)).toBe('')
    const veto: AccountOrder = { kind: 'Veto', recovery: 1, deadline: NO_DEADLINE }
    expect(await order(anew, argumentsOf(6), veto)).toBe('NotAgreed')
    expect(await order(passkeyOf(6), argumentsOf(6), veto)).toBe('')
    await street.time.increase(4 * days)
    expect(await send(completeRecoveryCall(account))).toBe('NoRecoveryWaits')
  })

  test('has the guardian its member chose last, once that took effect and nobody thought better of it', async () => {
    const member = argumentsOf(7, zeroAddress)
    const account = await deployed(7, zeroAddress)
    const phone = passkeyOf(7)
    const choice = (delay: number, number: bigint): AccountOrder => {
      return { kind: 'ChooseGuardian', guardian: guardian.address, delay, order: number, deadline: NO_DEADLINE }
    }
    expect(await order(phone, member, choice(LEAST_GUARDIAN_DELAY - 1, 0n))).toBe('DelayOutOfBounds')
    expect(await order(phone, member, choice(MOST_GUARDIAN_DELAY + 1, 0n))).toBe('DelayOutOfBounds')
    expect(await order(phone, member, choice(MOST_GUARDIAN_DELAY, 0n))).toBe('')
    const [who, , from] = (await read(account, 'guardianWaiting')) as [Address, number, number]
    const keep: AccountOrder = { kind: 'KeepGuardian', guardian: who, from, deadline: NO_DEADLINE }
    expect(await order(phone, member, keep)).toBe('')
    expect(await order(phone, member, keep)).toBe('NoGuardianWaits')
    expect(await order(phone, member, choice(LEAST_GUARDIAN_DELAY, 1n))).toBe('')
    await street.time.increase(LEAST_GUARDIAN_DELAY)
    expect(await read(account, 'recovery')).toEqual([guardian.address, LEAST_GUARDIAN_DELAY])
    const anew = passkeyOf(77)
    const said: RecoveryStart = { kind: 'StartRecovery', x: anew.x, y: anew.y, recovery: 1, deadline: NO_DEADLINE }
    await street.become(guardian.address)
    const call = accountOrderCall(account, said)
    const hash = await street.request<Hex>('eth_sendTransaction', [{ from: guardian.address, ...call }])
    const { logs } = await street.request<{ logs: Parameters<typeof parseEventLogs>[0]['logs'] }>(
      'eth_getTransactionReceipt',
      [hash],
    )
    const events = parseEventLogs({ abi: memberAccountAbi, logs })
    expect(events).toMatchObject([{ eventName: 'RecoveryStarted', args: { recovery: 1, x: anew.x, y: anew.y } }])
  })
})

/** As the chain answers: every number is a bigint. */
function wide(value: string | number): string | bigint {
  return typeof value === 'number' ? BigInt(value) : value
}
