import 'server-only'
import { zeroAddress } from 'viem'
import { z } from 'zod'
import { accountOrder } from '#contracts/account-order-wire.ts'
import {
  type AccountOrder,
  keyName,
  LEAST_GUARDIAN_DELAY,
  MOST_GUARDIAN_DELAY,
  MOST_KEYS,
} from '#contracts/account-orders.ts'
import { type AccountFacts, accountFacts } from '#web/queries/account-facts.ts'
import { addressSql, pool, secondsOf } from '#web/queries/database.ts'
import { memberByCodeOrAddress } from '#web/queries/members.ts'
import { network } from '#web/queries/network.ts'
import { memberAgreed } from './consent.ts'
import { keyRequestCode, openKeyRequest } from './key-requests.ts'
import { answeredOnce, digestOf, type OrderStanding, promiseOrder } from './order-promise.ts'
import { takeOne } from './rate-limits.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Session } from './session.ts'
import { bytes32, type Hex, read, shopNumber, signature } from './wire.ts'

// What a member orders about their own account. Asked first what to sign, by the books as they stand; then brought with
// the signature, and looked at again.

const guardianWish = z.union([z.object({ shop: shopNumber }), z.object({ member: z.string().min(1).max(100) })])

export const orderWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('AddKey'), code: keyRequestCode }),
  z.object({ kind: z.literal('RemoveKey'), key: bytes32 }),
  z.object({
    kind: z.literal('ChooseGuardian'),
    guardian: guardianWish.nullable(),
    delaySeconds: z.int().default(LEAST_GUARDIAN_DELAY),
  }),
  z.object({ kind: z.literal('KeepGuardian') }),
  z.object({ kind: z.literal('Veto') }),
])

export const orderGiven = z.object({ order: accountOrder, signature, code: keyRequestCode.optional() })

export interface PreparedOrder<Order> {
  readonly account: Hex
  readonly chainId: number
  readonly order: Order
}

type Wish = z.output<typeof orderWish>

const orders = { name: 'orders', perSecond: 0.2, burst: 30 } as const
/** As long as an order may wait for the chain. */
const orderLastsSeconds = 86_400
const leastSecondsLeft = 60

/** What a member is to sign for this wish. */
export async function prepareOrder(
  session: Session | null,
  input: unknown,
  { now = new Date() } = {},
): Promise<PreparedOrder<AccountOrder> | Refusal> {
  const facts = await ownAccount(session)
  if (isRefusal(facts)) return facts
  const wish = read(orderWish, input)
  if (isRefusal(wish)) return wish
  const order = await orderFor(facts, wish, now)
  if (isRefusal(order)) return order
  const objection = objectionTo(facts, order)
  return objection ?? { account: facts.account, chainId: network().chainId, order }
}

/** Takes a signed order: durable when this answers. The same again is answered the same. */
export async function giveOrder(
  session: Session | null,
  input: unknown,
  { now = new Date() } = {},
): Promise<OrderStanding | Refusal> {
  const facts = await ownAccount(session)
  if (isRefusal(facts)) return facts
  const request = read(orderGiven, input)
  if (isRefusal(request)) return request
  const { order } = request
  const { account } = facts
  return await answeredOnce(account, digestOf(account, order), () => newOrder(facts, request, now))
}

async function newOrder(
  facts: AccountFacts,
  request: z.output<typeof orderGiven>,
  now: Date,
): Promise<OrderStanding | Refusal> {
  const { order } = request
  const { account } = facts
  const digest = digestOf(account, order)
  const late = lateness(facts, order.deadline, now)
  if (late) return late
  const objection = objectionTo(facts, order) ?? signersObjection(facts, order, request.signature)
  if (objection) return objection
  const device = order.kind === 'AddKey' ? await openKeyRequest(facts, request.code, now) : undefined
  if (device !== undefined && isRefusal(device)) return device
  if (order.kind === 'AddKey' && (device?.x !== order.x || device.y !== order.y)) return refuse('unknownKeyRequest')
  if (!(await memberAgreed(account, digest, request.signature))) return refuse('badSignature', { member: account })
  return await promiseOrder({ facts, said: order, signature: request.signature, whose: account, device }, now)
}

/** The account of whoever is inside as a member who came in by passkey: nobody else has keys to look after. */
async function ownAccount(session: Session | null): Promise<AccountFacts | Refusal> {
  if (session?.person.role !== 'member') return refuse('notYours')
  if (session.way !== 'passkey') return refuse('walletHasNoKeys')
  const { refusal } = takeOne([{ limit: orders, whose: session.account }])
  if (refusal) return refusal
  return (await accountFacts(session.account)) ?? refuse('walletHasNoKeys')
}

async function orderFor(facts: AccountFacts, wish: Wish, now: Date): Promise<AccountOrder | Refusal> {
  const numbered = { order: facts.nextOrder, deadline: deadlineFrom(facts, now) }
  switch (wish.kind) {
    case 'AddKey': {
      const device = await openKeyRequest(facts, wish.code, now)
      return isRefusal(device) ? device : { kind: 'AddKey', x: device.x, y: device.y, ...numbered }
    }
    case 'RemoveKey':
      return { kind: 'RemoveKey', key: wish.key, ...numbered }
    case 'ChooseGuardian': {
      const guardian = await addressOf(wish.guardian)
      if (typeof guardian !== 'string') return guardian
      return { kind: 'ChooseGuardian', guardian, delay: wish.delaySeconds, ...numbered }
    }
    case 'KeepGuardian': {
      const { toCome } = facts
      if (toCome === null) return refuse('noGuardianWaits')
      const guardian = toCome.guardian ?? zeroAddress
      return { kind: 'KeepGuardian', guardian, from: secondsOf(toCome.from), deadline: numbered.deadline }
    }
    case 'Veto': {
      if (facts.recovery === null) return refuse('noRecoveryWaits')
      return { kind: 'Veto', recovery: facts.recovery.number, deadline: numbered.deadline }
    }
  }
}

/** By the later of the two clocks: a street that was opened with a history may be ahead of the machine's. */
export function deadlineFrom(facts: Pick<AccountFacts, 'now'>, now: Date): number {
  return Math.max(facts.now, secondsOf(now)) + orderLastsSeconds
}

/** An order must be live for a while, and nothing is kept that could be carried out long after. */
export function lateness(facts: Pick<AccountFacts, 'now'>, deadline: number, now: Date): Refusal | null {
  const least = Math.max(facts.now, secondsOf(now)) + leastSecondsLeft
  if (deadline < least) return refuse('expired', { deadline, least })
  const most = deadlineFrom(facts, now) + leastSecondsLeft
  return deadline > most ? refuse('malformed', { field: 'order.deadline', complaint: `must be at most ${most}` }) : null
}

/** What the chain would say no to, as far as the books tell. */
function objectionTo(facts: AccountFacts, order: AccountOrder): Refusal | null {
  if ('order' in order && order.order !== facts.nextOrder) return refuse('orderOutOfTurn', { next: facts.nextOrder })
  switch (order.kind) {
    case 'AddKey':
      if (facts.everKnown.has(keyName(order))) return refuse('keyKnown')
      return facts.keys.length < MOST_KEYS ? null : refuse('tooManyKeys', { most: MOST_KEYS })
    case 'RemoveKey':
      if (!facts.keys.some(({ key }) => key === order.key)) return refuse('unknownAccountKey')
      return facts.keys.length > 1 ? null : refuse('ownKey')
    case 'ChooseGuardian':
      if (order.guardian === facts.account) return refuse('ownGuardian')
      if (order.delay >= LEAST_GUARDIAN_DELAY && order.delay <= MOST_GUARDIAN_DELAY) return null
      return refuse('delayOutOfBounds', { least: LEAST_GUARDIAN_DELAY, most: MOST_GUARDIAN_DELAY })
    case 'KeepGuardian': {
      const { toCome } = facts
      const same = toCome !== null && (toCome.guardian ?? zeroAddress) === order.guardian
      return same && secondsOf(toCome.from) === order.from ? null : refuse('noGuardianWaits')
    }
    case 'Veto':
      return facts.recovery?.number === order.recovery ? null : refuse('noRecoveryWaits')
  }
}

/** A key is removed by another one, which has been there for a while. */
function signersObjection(facts: AccountFacts, order: AccountOrder, signed: Hex): Refusal | null {
  if (order.kind !== 'RemoveKey' || signed.length < 2 + 2 * 128) return null
  const by = keyName({ x: `0x${signed.slice(130, 194)}`, y: `0x${signed.slice(194, 258)}` })
  if (by === order.key) return refuse('ownKey')
  const settledFrom = facts.keys.find(({ key }) => key === by)?.settledFrom
  const waits = settledFrom && secondsOf(settledFrom) > facts.now
  return waits ? refuse('keyNotSettled', { settledFrom: settledFrom.toISOString() }) : null
}

async function addressOf(wish: z.output<typeof guardianWish> | null): Promise<Hex | Refusal> {
  if (wish === null) return zeroAddress
  if ('member' in wish) return (await memberByCodeOrAddress(wish.member))?.member ?? refuse('unknownMember')
  const { rows } = await pool().query<{ owner: Hex }>({
    name: 'owner of trusted shop',
    text: `SELECT ${addressSql('s.owner')} AS owner FROM ledger.shop s WHERE s.shop = $1 AND s.points IS NOT NULL`,
    values: [wish.shop],
  })
  return rows[0]?.owner ?? refuse('unknownShop', { shop: wish.shop })
}
