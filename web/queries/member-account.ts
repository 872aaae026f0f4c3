import 'server-only'
import { type AccountFacts, accountFacts } from './account-facts.ts'
import { type Ask, addressSql, atOneMoment, bytesOf, type Question } from './database.ts'
import { mirroredBlockSql } from './intent-state.ts'
import type { Address } from './network.ts'
import { type Trusted, trustedOnes } from './trusted.ts'

/** Who may begin a change of key, and how long the member then has to say no. */
export interface Guardian extends Trusted {
  readonly delaySeconds: number
}

/** A passkey of an account, as its member knows it. */
export interface AccountKey {
  /** Its name on the chain. */
  readonly key: Address
  /** Where it was made, such as "Chrome on Android"; null where nobody said. */
  readonly words: string | null
  /** The one the address is made of. */
  readonly first: boolean
  /** null for that of an account that does not stand on the chain yet. */
  readonly addedAt: Date | null
  /** Until then it removes no other; null: it always did. */
  readonly settledFrom: Date | null
  readonly settled: boolean
  /** As the device names it, in base64url; null where it was not made by this portal. */
  readonly credential: string | null
}

export type OrderKind = 'AddKey' | 'RemoveKey' | 'ChooseGuardian' | 'KeepGuardian' | 'Veto' | 'StartRecovery'

/** A member's own account: its keys, its guardians and what waits. */
export interface MemberAccount {
  readonly account: Address
  readonly deployed: boolean
  /** The oldest first; at least one. */
  readonly keys: readonly AccountKey[]
  readonly mostKeys: number
  readonly guardian: Guardian | null
  readonly guardianToCome: (Guardian & { readonly from: Date }) | { readonly nobody: true; readonly from: Date } | null
  readonly recovery: {
    readonly number: number
    readonly startedAt: Date
    readonly readyAt: Date
    readonly by: Trusted
    /** The device that waits; null where it was not made by this portal. */
    readonly deviceWords: string | null
  } | null
  /** Orders that are on their way to the chain, the newest first. */
  readonly pending: readonly { readonly key: string; readonly kind: OrderKind }[]
  /** Whether the loss of one device is not the loss of everything. */
  readonly recoverable: boolean
}

const mostKeys = 8

interface DeviceRow {
  x: Address
  y: Address
  words: string | null
  credential: Buffer
}

const devices: Question = {
  name: 'devices of account',
  text: `SELECT ${addressSql('c.x')} AS x, ${addressSql('c.y')} AS y, c.words, c.credential_id AS credential
    FROM portal.credential c WHERE c.member = $1 ORDER BY c.created_at DESC`,
}

const waiting: Question = {
  name: 'orders on their way',
  text: `SELECT i.key, i.payload->'said'->>'kind' AS kind FROM portal.intent i
    WHERE i.member = $1 AND i.shop = 0 AND i.kind = 'account' AND i.state <> 'refused'
      AND i.payload->'said'->>'kind' <> 'CompleteRecovery' AND ${mirroredBlockSql('i')} IS NULL
    ORDER BY i.created_at DESC LIMIT 20`,
}

/** null for whoever has no passkey account. */
export async function memberAccount(account: Address): Promise<MemberAccount | null> {
  return await atOneMoment(async (ask) => {
    const facts = await accountFacts(account, ask)
    if (facts === null) return null
    const known = await ask<DeviceRow>(devices, [bytesOf(account)])
    const pending = await ask<MemberAccount['pending'][number]>(waiting, [bytesOf(account)])
    return { ...(await shown(facts, known, ask)), pending }
  })
}

async function shown(
  facts: AccountFacts,
  known: readonly DeviceRow[],
  ask: Ask,
): Promise<Omit<MemberAccount, 'pending'>> {
  const { guardian, toCome, recovery } = facts
  const named = [guardian, toCome?.guardian ?? null, recovery?.by ?? null].filter((who) => who !== null)
  const trusted = await trustedOnes(named, ask)
  const whoIs = (who: Address): Trusted => trusted.get(who) ?? { address: who, shop: null, calledName: who }
  const deviceOf = (key: { x: Address; y: Address }) => known.find(({ x, y }) => x === key.x && y === key.y)
  return {
    ...{ account: facts.account, deployed: facts.deployed, mostKeys },
    keys: facts.keys.map(({ key, x, y, addedAt, settledFrom }) => ({
      ...{ key, addedAt, settledFrom },
      words: deviceOf({ x, y })?.words ?? null,
      first: x === facts.arguments.x && y === facts.arguments.y,
      settled: settledFrom === null || settledFrom.getTime() <= facts.now * 1000,
      credential: deviceOf({ x, y })?.credential.toString('base64url') ?? null,
    })),
    guardian: guardian === null ? null : { ...whoIs(guardian), delaySeconds: facts.delaySeconds },
    guardianToCome:
      toCome === null
        ? null
        : toCome.guardian === null
          ? { nobody: true, from: toCome.from }
          : { ...whoIs(toCome.guardian), delaySeconds: toCome.delaySeconds, from: toCome.from },
    recovery:
      recovery === null
        ? null
        : {
            ...{ number: recovery.number, startedAt: recovery.startedAt, readyAt: recovery.readyAt },
            ...{ by: whoIs(recovery.by), deviceWords: deviceOf(recovery)?.words ?? null },
          },
    recoverable: guardian !== null || facts.keys.length > 1,
  }
}
