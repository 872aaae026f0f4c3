import { z } from 'zod'
import { type Answer, post } from '#web/ui/ask.ts'
import { asking, type TillGround } from './till-ground.ts'

/** Who works at this till, as the street let them in; kept on the device, so that a reload asks for no PIN. */
const kept = z.object({ token: z.string(), cashier: z.int(), name: z.string(), closesAt: z.string() })

/** So long nobody touches a till before it asks who is there. */
export const IDLE_MILLISECONDS = 300_000

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

/** Whether somebody must say again who they are: a reload is no way round it. */
export async function isLocked(ground: TillGround): Promise<boolean> {
  const last = touch
    .nullable()
    .catch(null)
    .parse((await ground.shelf.read(touchName(ground))) ?? null)
  return last !== null && (last.locked || ground.now() - last.at > IDLE_MILLISECONDS)
}

export async function noteTouch(ground: TillGround, after: 'open' | 'locked'): Promise<void> {
  await ground.shelf.change(touchName(ground), () => ({ at: ground.now(), locked: after === 'locked' }))
}
