import { getContractAddress, sha256, stringToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KEY_SETTLES_AFTER, keyName, NO_DEADLINE } from '#contracts/account-orders.ts'
import { passkeyOf } from '#test/contracts/support/passkey.ts'
import { AccountHand } from '#test/support/account-hand.ts'
import { creation, deployer } from '#test/support/founding.ts'
import { MirroredLife } from '#test/support/mirrored-life.ts'
import { settled } from '#test/support/network.ts'

/** Members' accounts, held against the chain block by block, undone and filled anew. */

let life: MirroredLife

beforeAll(async () => {
  life = await MirroredLife.open({ shops: 1, members: 3 })
})
afterAll(() => life?.close())

const deadline = NO_DEADLINE
const bytea = (hex: string): string => `'\\x${hex.slice(2)}'`
const accounts = () =>
  life.question<{ account: string; era: number }>(`SELECT encode(account, 'hex') AS account, era
  FROM ledger.account ORDER BY deployed_at, account`)
const keysOf = (hand: AccountHand) =>
  life.question<{ key: string; signs: boolean }>(`SELECT '0x' || encode(k.key, 'hex') AS key,
    k.removed_at IS NULL AND k.era = a.era AS signs FROM ledger.account_key k JOIN ledger.account a USING (account)
    WHERE account = ${bytea(hand.address)} ORDER BY k.added_at, k.key`)

test('keys come and go, guardians are chosen and kept, changes of key are begun, stopped and carried out', async () => {
  const guardian = life.member(1)
  const hand = new AccountHand(life.network, 1, { guardian: guardian.address })
  const [laptop, anew, third] = [passkeyOf(101), passkeyOf(102), passkeyOf(103)]
  await life.live('deployed', hand.deploys())
  await life.live('laptop', hand.orders({ kind: 'AddKey', x: laptop.x, y: laptop.y, order: 0n, deadline }))
  await life.later(KEY_SETTLES_AFTER)
  const removal = { kind: 'RemoveKey', key: keyName(hand.phone), order: 1n, deadline } as const
  await life.live('phone gone', hand.orders(removal, laptop))
  expect(new Map((await keysOf(hand)).map(({ key, signs }) => [key, signs]))).toEqual(
    new Map([
      [keyName(hand.phone), false],
      [keyName(laptop), true],
    ]),
  )
  const choice = { kind: 'ChooseGuardian', delay: 4 * 86_400, deadline } as const
  await life.live('chosen', hand.orders({ ...choice, guardian: life.member(2).address, order: 2n }, laptop))
  await life.later(3 * 86_400)
  await life.live('chosen again', hand.orders({ ...choice, guardian: life.member(3).address, order: 3n }, laptop))
  const [waits] = await life.question<{ from: string }>(`SELECT extract(epoch FROM next_from)::bigint AS from
    FROM ledger.account`)
  const from = Number(waits?.from)
  await life.live(
    'kept',
    hand.orders({ kind: 'KeepGuardian', guardian: life.member(3).address, from, deadline }, laptop),
  )
  const begins = (key: typeof anew, recovery: number) =>
    hand.recovers({ kind: 'StartRecovery', x: key.x, y: key.y, recovery, deadline }, life.member(2))
  await life.live('begun', begins(anew, 1))
  await life.live('stopped', hand.orders({ kind: 'Veto', recovery: 1, deadline }, laptop))
  await life.live('begun again', begins(third, 2))
  await life.later(2 * 86_400)
  await life.live('nobody', hand.orders({ ...choice, guardian: `0x${'0'.repeat(40)}`, order: 4n }, laptop))
  await life.later(2 * 86_400 + 60)
  await life.live('carried out', hand.completes())
  expect((await keysOf(hand)).filter(({ signs }) => signs)).toEqual([{ key: keyName(third), signs: true }])
  await life.live('anew', hand.orders({ kind: 'AddKey', x: anew.x, y: anew.y, order: 5n, deadline }, third))
}, 60_000)

test('who only pretends counts for nothing', async () => {
  const { chain, network } = life
  const nonce = BigInt(await chain.ask<`0x${string}`>('eth_getTransactionCount', [deployer, 'latest']))
  const args = [network.contracts.consortium, sha256(stringToHex('localhost'))]
  await settled(chain, [{ from: deployer, data: creation('accounts/MemberAccounts', args) }])
  const other = new AccountHand(network, 2, { accounts: getContractAddress({ from: deployer, nonce }) })
  const before = await accounts()
  const laptop = passkeyOf(104)
  await life.live('another factory', other.deploys())
  await life.live('its account', other.orders({ kind: 'AddKey', x: laptop.x, y: laptop.y, order: 0n, deadline }))
  expect(await accounts()).toEqual(before)
})

test.each([1, 9])('a fork of depth %i over all this leaves the books as fresh ones', (depth) =>
  life.expectSurvivesFork(depth),
)
