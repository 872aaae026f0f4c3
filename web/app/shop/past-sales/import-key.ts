import type { Hex, LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { demoKeys } from '#web/ui/signing/demo-keys.ts'

// A shop's import key is made in its owner's browser and never leaves it, as a till's does at the counter.

/** An import key that the board has approved, as the page tells of it; points in hundredths. */
export interface ApprovedKey {
  readonly till: number
  readonly key: Hex
  readonly budget: bigint
  readonly left: bigint
}

export interface KeyHere extends ApprovedKey {
  readonly account: LocalAccount
}

const privateKeys = z.array(z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]))

const shelfOf = (shop: number): string => `highstreet import keys of shop ${shop}`

/** Those made in this browser, the newest first; none where it keeps nothing. */
export function keysHere(shop: number): readonly LocalAccount[] {
  try {
    return read(shop).map((key) => privateKeyToAccount(key))
  } catch {
    return []
  }
}

/** @throws where the browser keeps nothing. */
export function newKeyHere(shop: number): LocalAccount {
  const key = generatePrivateKey()
  localStorage.setItem(shelfOf(shop), JSON.stringify([key, ...read(shop)]))
  return privateKeyToAccount(key)
}

function read(shop: number): readonly Hex[] {
  const kept = localStorage.getItem(shelfOf(shop))
  if (kept === null) return []
  const keys = privateKeys.safeParse(JSON.parse(kept))
  return keys.success ? keys.data : []
}

/** Those of the approved keys that this browser holds, in their order; the demonstration hands out its own. */
export async function heldAmong(shop: number, approved: readonly ApprovedKey[]): Promise<readonly KeyHere[]> {
  const accounts = new Map(keysHere(shop).map((account) => [account.address.toLowerCase(), account]))
  const held = (among: typeof accounts) =>
    approved.flatMap((one): KeyHere[] => {
      const account = among.get(one.key.toLowerCase())
      return account === undefined ? [] : [{ ...one, account }]
    })
  if (approved.length === 0 || held(accounts).length === approved.length) return held(accounts)
  for (const demo of (await demoKeys())?.imports ?? []) {
    if (demo.shop !== shop) continue
    const account = privateKeyToAccount(demo.privateKey)
    accounts.set(account.address.toLowerCase(), account)
  }
  return held(accounts)
}
