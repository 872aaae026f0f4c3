import 'server-only'
import type pg from 'pg'
import { type Address, zeroAddress } from 'viem'
import { type AccountOrder, accountOrderDigest, keyName, type RecoveryStart } from '#contracts/account-orders.ts'
import type { AccountArguments } from '#contracts/passkey.ts'
import type { AccountFacts } from '#web/queries/account-facts.ts'
import { type Ask, askOver, ask as askPool, bytesOf } from '#web/queries/database.ts'
import { intentState, mirroredBlockSql } from '#web/queries/intent-state.ts'
import { network } from '#web/queries/network.ts'
import { type Standing, standingOf } from './intent-state.ts'
import type { OpenKeyRequest } from './key-requests.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { countGas } from './sponsoring.ts'
import { inTransaction } from './transaction.ts'
import type { Hex } from './wire.ts'

/** How an order stands, and under which name to ask again; its shop is 0. */
export type OrderStanding = Standing & { readonly key: string }

type Said = AccountOrder | RecoveryStart

export interface PromisedOrder {
  readonly facts: AccountFacts
  readonly said: Said
  readonly signature: Hex
  /** Who asked: the member, or a guardian for them. */
  readonly whose: Hex
  /** The device whose passkey it brings. */
  readonly device?: OpenKeyRequest | undefined
}

/** The most gas that an order may take, its signature's check included (docs/acts/sponsor.md). */
const mostGas: { readonly [kind in Said['kind']]: bigint } = {
  AddKey: 250_000n,
  RemoveKey: 200_000n,
  ChooseGuardian: 250_000n,
  KeepGuardian: 200_000n,
  Veto: 200_000n,
  // A guardian's account answers for itself, and the change of key is carried out later.
  StartRecovery: 600_000n,
}
export const gasToDeploy = 200_000n

const undoing: ReadonlySet<Said['kind']> = new Set(['RemoveKey', 'KeepGuardian', 'Veto'])

/** What the account's address is made of, as the contracts take it. */
export function argumentsOf({ arguments: made }: Pick<AccountFacts, 'arguments'>): AccountArguments {
  const { x, y, guardian, delaySeconds: delay } = made
  return { x, y, guardian: guardian ?? zeroAddress, delay }
}

export function digestOf(account: Hex, said: Said): Hex {
  return accountOrderDigest(network().chainId, account, said)
}

/** The name of the wish: the same order is the same wish, whoever brings it and however often. */
export const orderKey = (account: Hex, digest: Hex): string => `account:${account}:${digest}`

/** How an order stands that was promised before; null where it was not. */
export async function keptOrder(account: Hex, digest: Hex, ask: Ask = askPool): Promise<OrderStanding | null> {
  const key = orderKey(account, digest)
  const known = await intentState(0, key, ask)
  return known === null ? null : { ...standingOf(known), key }
}

/**
 * The same order again is answered the same: of the same twice at once, the second may find used what the first has
 * just used.
 */
export async function answeredOnce(
  account: Hex,
  digest: Hex,
  fresh: () => Promise<OrderStanding | Refusal>,
): Promise<OrderStanding | Refusal> {
  const kept = await keptOrder(account, digest)
  if (kept !== null) return kept
  const answer = await fresh()
  return isRefusal(answer) ? ((await keptOrder(account, digest)) ?? answer) : answer
}

/** Durable when this answers. The caller has made sure that the order fits the account and is signed. */
export async function promiseOrder(promised: PromisedOrder, now: Date): Promise<OrderStanding | Refusal> {
  const { facts, said } = promised
  const digest = digestOf(facts.account, said)
  return await inTransaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`account ${facts.account}`])
    const kept = await keptOrder(facts.account, digest, askOver(client))
    if (kept !== null) return kept
    const place = placeOf(said)
    if (place !== null && (await isTaken(client, facts.account, place))) return refuse('orderPending')
    const gas = mostGas[said.kind] + (facts.deployed ? 0n : gasToDeploy)
    const undoes = undoing.has(said.kind)
    const asked = { whose: promised.whose, account: facts.account, gas, undoes, deploys: !facts.deployed }
    const over = await countGas(client, asked, now)
    if (over) return over
    const key = orderKey(facts.account, digest)
    if (promised.device && !(await takeDevice(client, promised.device, { facts, key, now }))) {
      return refuse('unknownKeyRequest')
    }
    await keep(client, { ...promised, key, digest }, now)
    return { state: 'pending', key } as const
  })
}

/** Which of an account's numbers an order uses up; null where it uses none. */
function placeOf(said: Said): string | null {
  if ('order' in said) return `order ${said.order}`
  return said.kind === 'StartRecovery' ? `recovery ${said.recovery}` : null
}

/** Another order with this number is on its way. */
async function isTaken(client: pg.PoolClient, account: Hex, place: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'number on its way',
    text: `SELECT FROM portal.intent i WHERE i.shop = 0 AND i.member = $1 AND i.kind = 'account'
      AND i.state <> 'refused' AND i.payload->>'place' = $2 AND ${mirroredBlockSql('i')} IS NULL LIMIT 1`,
    values: [bytesOf(account), place],
  })
  return (rowCount ?? 0) > 0
}

async function keep(
  client: pg.PoolClient,
  { facts, said, signature, key, digest }: PromisedOrder & { readonly key: string; readonly digest: Hex },
  now: Date,
): Promise<void> {
  const payload = { said, signature, place: placeOf(said), arguments: argumentsOf(facts), ...effectOf(said) }
  await client.query({
    name: 'keep order',
    text: `INSERT INTO portal.intent
        (shop, key, kind, member, points, content_hash, payload, state, attempts, created_at)
      VALUES (0, $1, 'account', $2, 0, $3, $4, 'open', 0, $5)`,
    values: [
      ...[key, bytesOf(facts.account), bytesOf(digest)],
      ...[JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? `${value}` : value)), now],
    ],
  })
}

/** By which event of the account the order is seen to have been carried out; see accountEffectSql. */
function effectOf(said: Said): object {
  switch (said.kind) {
    case 'AddKey':
      return { event: 'KeyAdded', told: { key: keyName(said) } }
    case 'RemoveKey':
      return { event: 'KeyRemoved', told: { key: said.key } }
    case 'ChooseGuardian': {
      const { guardian, delay, order } = said
      return { event: 'GuardianChosen', told: { guardian, delay }, nth: order }
    }
    case 'KeepGuardian':
      return { event: 'GuardianKept', told: { refused: said.guardian }, after: { from: said.from } }
    case 'Veto':
      return { event: 'RecoveryVetoed', told: { recovery: said.recovery } }
    case 'StartRecovery': {
      const { x, y, recovery } = said
      return { event: 'RecoveryStarted', told: { x, y, recovery } }
    }
  }
}

/**
 * The device's passkey is kept for the account; it opens nothing until the chain says that it agrees. False where
 * somebody else has just signed for the device.
 */
async function takeDevice(
  client: pg.PoolClient,
  device: OpenKeyRequest,
  { facts, key, now }: { readonly facts: AccountFacts; readonly key: string; readonly now: Date },
): Promise<boolean> {
  const member = bytesOf(facts.account)
  const taken = await client.query({
    name: 'take key request',
    text: 'UPDATE portal.key_request SET member = $2, intent_key = $3 WHERE code = $1 AND member IS NULL',
    values: [device.code, member, key],
  })
  if (taken.rowCount !== 1) return false
  const { guardian, delaySeconds } = facts.arguments
  await client.query({
    name: 'keep further passkey',
    text: `INSERT INTO portal.credential (member, credential_id, x, y, guardian, delay_seconds, user_handle, created_at,
        used_at, first, words)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, false, $9) ON CONFLICT (member, credential_id) DO NOTHING`,
    values: [
      ...[member, device.credentialId, bytesOf(device.x as Address), bytesOf(device.y as Address)],
      ...[guardian === null ? null : bytesOf(guardian), delaySeconds, device.userHandle, now, device.device],
    ],
  })
  return true
}
