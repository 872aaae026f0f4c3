import 'server-only'
import { z } from 'zod'
import { recoveryStart } from '#contracts/account-order-wire.ts'
import { keyName, type RecoveryStart } from '#contracts/account-orders.ts'
import { type AccountFacts, accountFacts } from '#web/queries/account-facts.ts'
import { network } from '#web/queries/network.ts'
import { deadlineFrom, lateness, type PreparedOrder } from './account-orders.ts'
import { memberAgreed } from './consent.ts'
import { keyRequestCode, openKeyRequest } from './key-requests.ts'
import { answeredOnce, digestOf, type OrderStanding, promiseOrder } from './order-promise.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Session } from './session.ts'
import { address, read, signature } from './wire.ts'

// A guardian begins a change of key for a member who named them: for the device whose code they were told, and for an
// account they choose among those that named them. They can do nothing else with it.

export const recoveryWish = z.object({ code: keyRequestCode, member: address })
export const recoveryGiven = recoveryWish.extend({ order: recoveryStart, signature })

export type PreparedRecovery = PreparedOrder<RecoveryStart> & { readonly delaySeconds: number }

/** What a guardian is to sign to begin a change of key. */
export async function prepareRecovery(
  session: Session | null,
  input: unknown,
  { now = new Date() } = {},
): Promise<PreparedRecovery | Refusal> {
  if (!mayGuard(session)) return refuse('notInside')
  const wish = read(recoveryWish, input)
  if (isRefusal(wish)) return wish
  const facts = await guarded(session, wish.member)
  if (isRefusal(facts)) return facts
  const device = await openKeyRequest(session, wish.code, now)
  if (isRefusal(device)) return device
  const { x, y } = device
  if (facts.everKnown.has(keyName({ x, y }))) return refuse('keyKnown')
  const deadline = deadlineFrom(facts, now)
  const order = { kind: 'StartRecovery', x, y, recovery: facts.nextRecovery, deadline } as const
  return { account: facts.account, chainId: network().chainId, order, delaySeconds: facts.delaySeconds }
}

/** Takes a guardian's signature: durable when this answers. The same again is answered the same. */
export async function startRecovery(
  session: Session | null,
  input: unknown,
  { now = new Date() } = {},
): Promise<OrderStanding | Refusal> {
  if (!mayGuard(session)) return refuse('notInside')
  const request = read(recoveryGiven, input)
  if (isRefusal(request)) return request
  const { order, member } = request
  const facts = await guarded(session, member)
  if (isRefusal(facts)) return facts
  return await answeredOnce(member, digestOf(member, order), () => newRecovery({ session, facts }, request, now))
}

async function newRecovery(
  { session, facts }: { readonly session: Session; readonly facts: AccountFacts },
  request: z.output<typeof recoveryGiven>,
  now: Date,
): Promise<OrderStanding | Refusal> {
  const { order, member } = request
  const digest = digestOf(member, order)
  const late = lateness(facts, order.deadline, now)
  if (late) return late
  if (order.recovery !== facts.nextRecovery) return refuse('orderOutOfTurn', { next: facts.nextRecovery })
  if (facts.everKnown.has(keyName(order))) return refuse('keyKnown')
  const device = await openKeyRequest(session, request.code, now)
  if (isRefusal(device)) return device
  if (device.x !== order.x || device.y !== order.y) return refuse('unknownKeyRequest')
  const { account } = session
  if (!(await memberAgreed(account, digest, request.signature))) return refuse('badSignature', { member: account })
  return await promiseOrder({ facts, said: order, signature: request.signature, whose: account, device }, now)
}

/** A till is a key on a counter, and nobody's friend. */
function mayGuard(session: Session | null): session is Session {
  return session !== null && (session.person.role === 'member' || session.person.role === 'owner')
}

/** An account that never named them, and one that nobody has, are the same to a guardian. */
async function guarded(session: Session, member: AccountFacts['account']): Promise<AccountFacts | Refusal> {
  const facts = await accountFacts(member)
  return facts !== null && facts.guardian === session.account ? facts : refuse('notGuardian')
}
