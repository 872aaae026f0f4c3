import { shopOfKey } from '#web/acts/api-keys.ts'
import { cashierOnDuty, type Duty } from '#web/acts/cashiers.ts'
import { type Limit, shopLimit, strangerLimit, takeOne, tillLimit } from '#web/acts/rate-limits.ts'
import { isRefusal, type Refusal, refuse } from '#web/acts/refusal.ts'
import type { Person } from '#web/acts/session.ts'
import { type Asked, bodyOf, foreignRefusal, problemTold, type Told, telling } from './told.ts'

/** Where a request says it comes from; null where it does not say, or in no way that could be. */
export interface Place {
  readonly shop: number | null
  readonly till: number | null
}

export interface DoorRules {
  /**
   * needed: an answer tells what only the shop may know, or nothing in the request is signed. welcome: what is asked
   * carries a till's signature, and whoever brings it may (N-11). person: a member who has come in may ask as well.
   */
  readonly key: 'needed' | 'welcome' | 'person'
  /** Whether a cashier must have signed in at the till; then: a shift that is over by now will do. */
  readonly cashier?: 'now' | 'then'
  /** Where more may come than a till sends. */
  readonly mostBytes?: number
}

/** Who came through. */
export interface Entered {
  readonly shop: number | null
  /** Of the API key, where there was one. */
  readonly keyId: string | null
  readonly cashier: number | null
  /** stranger: nobody has shown to be of the shop. */
  readonly how: Caller['how']
}

/** Something that was asked, and how to find out who stands before the portal's own screens. */
export interface AtTheDoor {
  readonly asked: Asked
  readonly person: () => Promise<Person | null>
}

/** A POST of a till: read, known, counted and on duty before the act looks at it. Its place stands in the body. */
export async function posted(
  { asked, person }: AtTheDoor,
  rules: DoorRules & { readonly place?: Place },
  act: (body: unknown, entered: Entered) => Promise<object>,
): Promise<Told> {
  const foreign = foreignRefusal(asked)
  if (foreign) return problemTold(foreign)
  const body = await bodyOf(asked, rules.mostBytes)
  if ('refusal' in body) return problemTold(body.refusal)
  const door = { place: placeIn(body.value), ...rules }
  return await through({ asked, person }, door, (entered) => act(body.value, entered))
}

export async function through(
  { asked, person }: AtTheDoor,
  rules: DoorRules & { readonly place: Place },
  act: (entered: Entered) => Promise<object>,
): Promise<Told> {
  let limits: Readonly<Record<string, string>> = {}
  const { status, headers, text } = await telling(async () => {
    const caller = await callerOf({ asked, person }, rules)
    const taken = takeOne(limitsFor(rules.place, isRefusal(caller) ? null : caller))
    limits = taken.headers
    if (isRefusal(caller)) return caller
    if (taken.refusal) return taken.refusal
    const cashier = await onDuty(asked, rules)
    if (isRefusal(cashier)) return cashier
    return await act({ shop: caller.shop, keyId: caller.keyId, cashier: cashier.cashier, how: caller.how })
  })
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  return { status, headers: { ...headers, ...limits, ...challenge }, text }
}

interface Caller {
  readonly shop: number | null
  readonly keyId: string | null
  readonly how: 'key' | 'person' | 'stranger'
}

async function callerOf(
  { asked, person }: AtTheDoor,
  { key, place }: DoorRules & { readonly place: Place },
): Promise<Caller | Refusal> {
  const said = asked.headers.get('authorization')
  if (said !== null) {
    const owner = await shopOfKey(/^Bearer +(\S+)$/i.exec(said)?.[1] ?? '')
    if (isRefusal(owner)) return owner
    if (place.shop !== null && place.shop !== owner.shop) return refuse('wrongShop', { shop: place.shop })
    return { shop: owner.shop, keyId: owner.id, how: 'key' }
  }
  const who = asked.headers.has('cookie') ? await person() : null
  if ((who?.role === 'till' || who?.role === 'owner') && (place.shop === null || who.shop === place.shop)) {
    return { shop: who.shop, keyId: null, how: 'person' }
  }
  if (key === 'person' && who !== null) return { shop: null, keyId: null, how: 'person' }
  return key === 'welcome' ? { shop: place.shop, keyId: null, how: 'stranger' } : refuse('apiKeyNeeded')
}

function limitsFor({ shop, till }: Place, caller: Caller | null): { readonly limit: Limit; readonly whose: string }[] {
  const whose = `${shop ?? 0}:${till ?? 0}`
  if (caller === null || caller.how === 'stranger') return [{ limit: strangerLimit, whose }]
  return [
    { limit: tillLimit, whose: `${caller.shop ?? 0}:${till ?? 0}` },
    { limit: shopLimit, whose: `${caller.shop ?? 0}` },
  ]
}

async function onDuty(
  asked: Asked,
  { cashier, place: { shop, till } }: DoorRules & { readonly place: Place },
): Promise<Duty | Refusal> {
  if (cashier === undefined || shop === null || till === null) return { cashier: null }
  return await cashierOnDuty({ shop, till }, asked.headers.get('highstreet-shift'), { when: cashier })
}

function placeIn(body: unknown): Place {
  const { shop, till } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  return { shop: numberOrNull(shop), till: numberOrNull(till) }
}

const most = 2 ** 31 - 1

export const numberOrNull = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 && number <= most ? number : null
}
