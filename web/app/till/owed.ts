import type { Hex } from 'viem'
import { type Answer, askFor, post } from '#web/ui/ask.ts'
import { inShift } from './shift.ts'
import type { TillGround } from './till-ground.ts'

/** A payment whose goods went out, and which the network then refused: the shopper still owes it (N-27). */
export interface Owed {
  readonly till: number
  readonly sequence: string
  readonly member: Hex
  readonly memberName: string
  /** Hundredths. */
  readonly points: bigint
  readonly at: Date
}

interface Told extends Omit<Owed, 'points' | 'at'> {
  readonly points: string
  readonly at: string
}

/** What somebody owes this shop; null where the street does not answer. Whoever may not ask is told of nothing. */
export async function owedBy(ground: TillGround, member: Hex): Promise<readonly Owed[] | null> {
  const answer = await askFor<{ unpaid: readonly Told[] }>(`/api/v1/unpaid?member=${member}`, await inShift(ground))
  if (answer.is === 'unreachable') return null
  if (answer.is === 'refused') return []
  return answer.value.unpaid.map((one) => ({ ...one, points: BigInt(one.points), at: new Date(one.at) }))
}

/** The cashier has the money for all of these; the answer is that of the first that was not taken, or the last. */
export async function moneyTaken(ground: TillGround, owed: readonly Owed[]): Promise<Answer<object>> {
  const { shop, till } = ground.place
  let answer: Answer<object> = { is: 'given', value: {} }
  for (const { till: of, sequence } of owed) {
    const payment = { till: of, sequence }
    answer = await post<object>('/api/v1/unpaid/paid', { shop, till, payment }, await inShift(ground))
    if (answer.is !== 'given') return answer
  }
  return answer
}

export const sumOwed = (owed: readonly Owed[]): bigint => owed.reduce((sum, { points }) => sum + points, 0n)
