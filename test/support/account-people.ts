import type { LocalAccount } from 'viem'
import { readPrepared } from '#contracts/account-order-wire.ts'
import { typedAccountOrder } from '#contracts/account-orders.ts'
import { giveOrder, prepareOrder } from '#web/acts/account-orders.ts'
import { newChallenge } from '#web/acts/challenge.ts'
import { issue } from '#web/acts/issue.ts'
import { join } from '#web/acts/join.ts'
import { askForKey } from '#web/acts/key-requests.ts'
import { isRefusal, type Refusal } from '#web/acts/refusal.ts'
import { type Session, sessionUnder } from '#web/acts/session.ts'
import type { Hex } from '#web/acts/wire.ts'
import { passkeysOf } from '#web/queries/passkeys.ts'
import type { LivingStreet } from './living-street.ts'
import type { TestShop } from './network.ts'
import { type PasskeyDevice, passkeyDevice } from './passkey-device.ts'
import { TillHand } from './till-hand.ts'

/** What an act answered, which must not be a refusal. */
export function must<Answer extends object>(answer: Answer | Refusal): Answer {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.refused} ${Object.values(answer.facts).join(' ')}`)
  return answer
}

export const codeOf = (answer: object): string => (isRefusal(answer) ? answer.refused : 'done')

let phones = 600

/** A phone whose passkey nobody has seen. */
export function freshPhone(): PasskeyDevice {
  phones += 1
  return passkeyDevice(phones)
}

export async function challengeFor(purpose: 'join' | 'passkey' | 'newKey'): Promise<string> {
  return must(await newChallenge({ purpose })).challenge
}

/** Somebody who joined with a passkey. */
export interface PasskeyMember {
  readonly phone: PasskeyDevice
  readonly account: Hex
  session(): Promise<Session | null>
  /** The account as this device of it signs. */
  signing(by?: PasskeyDevice): Promise<LocalAccount>
}

let receipts = 0n

/** Joins at a shop and buys something there, unless for nothing; with the shop's owner as guardian where so wished. */
export async function joins(
  street: LivingStreet,
  shop: TestShop,
  { guarded = false, points = 100n }: { readonly guarded?: boolean; readonly points?: bigint } = {},
): Promise<PasskeyMember> {
  const phone = freshPhone()
  const passkey = phone.creates(await challengeFor('join'))
  const wish = { passkey, trustedShop: guarded ? shop.shop : null, invitation: null }
  const { joined, session } = must(await join(wish, { device: 'Chrome on Android' }))
  if (points > 0n) {
    receipts += 1n
    await issue(await new TillHand(street.network, shop).startAt(receipts).ring({ member: joined.member, points }))
    await street.closeLists()
    await street.settleDown()
  }
  return {
    ...{ phone, account: joined.member, session: () => sessionUnder(session.token) },
    signing: async (by = phone) => {
      const { guardian, delaySeconds } = (await passkeysOf(joined.member)) ?? { guardian: null, delaySeconds: 0 }
      const recovery = { guardian: guardian ?? nobody, delay: delaySeconds }
      return by.account(street.network.contracts.accounts, recovery)
    },
  }
}

/** A new device that waits under a code. */
export async function newDevice() {
  const phone = freshPhone()
  const wish = { passkey: phone.creates(await challengeFor('newKey')) }
  return { phone, ...must(await askForKey(wish, { device: 'A new phone' })) }
}

/** Whoever signs sees what the page sees: the answer as JSON. */
export async function signedOrder(by: LocalAccount, prepared: object): Promise<{ order: unknown; signature: Hex }> {
  const json = JSON.parse(JSON.stringify(prepared, (_, part) => (typeof part === 'bigint' ? `${part}` : part)))
  const { account, chainId, order } = readPrepared(json)
  const typed = typedAccountOrder(chainId, account, order)
  const signature = await (by.signTypedData as (typed: object) => Promise<Hex>)(typed)
  return { order: json.order, signature }
}

/** The member is asked what to sign, touches, and brings it. */
export async function orders(member: PasskeyMember, wish: object, by: PasskeyDevice = member.phone) {
  const session = await member.session()
  const prepared = must(await prepareOrder(session, wish))
  const given = await signedOrder(await member.signing(by), prepared)
  return await giveOrder(session, { ...given, ...('code' in wish ? { code: wish.code } : {}) })
}

export const nobody: Hex = `0x${'0'.repeat(40)}`
