import { z } from 'zod'
import { type Answer, post } from '#web/ui/ask.ts'
import { asking, type TillGround } from './till-ground.ts'

/** Who works at this till, as the street let them in; kept on the device, so that a reload asks for no PIN. */
const kept = z.object({ token: z.string(), cashier: z.int(), name: z.string(), closesAt: z.string() })

const touch = z.object({ at: z.number(), locked: z.boolean() })

export type ShiftHere = z.infer<typeof kept>

const nameOf = ({ place }: TillGround): string => `shift ${place.chainId}:${place.issuance} ${place.shop}/${place.till}`

/** The shift at this till; null where nobody has signed in. A till without a street goes on in a shift that is over. */
export async function shiftHere(ground: TillGround): Promise<ShiftHere | null> {
  return kept
    .nullable()
    .catch(null)
    .parse((await ground.shelf.read(nameOf(ground))) ?? null)
}

/** Asked in the name of whoever is at the till. */
export async function inShift(ground: TillGround) {
  return asking(ground, (await shiftHere(ground))?.token ?? null)
}

/** Signs somebody in. What was rung up before stays in the shift it was rung up in. */
export async function beginShift(
  ground: TillGround,
  who: { readonly cashier: number; readonly pin: string },
): Promise<Answer<ShiftHere>> {
  const { shop, till } = ground.place
  const answer = await post<ShiftHere>('/api/v1/shifts', { shop, till, ...who }, asking(ground, null))
  if (answer.is === 'given') await keepShift(ground, answer.value)
  return answer
}

/** From here on everything at this till is done in this shift. */
export async function keepShift(ground: TillGround, shift: ShiftHere): Promise<void> {
  await ground.shelf.change(nameOf(ground), () => kept.parse(shift))
}

/** The cashier goes. Without the street the shift ends there when the next one begins, or by itself. */
export async function leaveShift(ground: TillGround): Promise<void> {
  const shift = await shiftHere(ground)
  if (shift === null) return
  await ground.shelf.change(nameOf(ground), () => null)
  await fetch('/api/v1/shifts', { method: 'DELETE', headers: { 'highstreet-shift': shift.token } }).catch(() => null)
}

const touchName = (ground: TillGround): string => `${nameOf(ground)} touched`

type Touch = z.infer<typeof touch>

const touchIn = (kept: unknown): Touch | null =>
  touch
    .nullable()
    .catch(null)
    .parse(kept ?? null)

/** Not so once the till was locked, was left alone for too long, or its clock was set back meanwhile. */
const isThere = (last: Touch | null, now: number, idleMilliseconds: number): last is Touch =>
  last !== null && !last.locked && Math.abs(now - last.at) <= idleMilliseconds

/** When the till was touched last by whoever is there; null where they must say who they are. No reload opens it. */
export async function lastTouch(ground: TillGround, idleMilliseconds: number): Promise<number | null> {
  const last = touchIn(await ground.shelf.read(touchName(ground)))
  return isThere(last, ground.now(), idleMilliseconds) ? last.at : null
}

/** Somebody has said who they are, or the till is locked. */
export async function noteTouch(ground: TillGround, after: 'open' | 'locked'): Promise<void> {
  await ground.shelf.change(touchName(ground), () => ({ at: ground.now(), locked: after === 'locked' }))
}

/** A hand on the till: what is open stays open for a while, and what is locked is not opened by it. */
export async function noteHand(ground: TillGround, idleMilliseconds: number): Promise<void> {
  const at = ground.now()
  await ground.shelf.change(touchName(ground), (kept) => {
    return { at, locked: !isThere(touchIn(kept), at, idleMilliseconds) }
  })
}
