import { fullCard } from './full-card.ts'
import { ringUp, type Sale } from './ring-up.ts'
import { type Sent, sendSales } from './send.ts'
import { isSilent } from './silence.ts'
import type { TillGround } from './till-ground.ts'

export type Given =
  | Extract<Sent, { is: 'given' | 'refused' }>
  /** Signed and kept on this till; it goes out by itself when the street answers again, or takes it. */
  | { readonly is: 'kept'; readonly points: bigint; readonly why: string | null }

const ATTEMPTS = 3
const noKey = { is: 'refused', code: 'noKey', sentence: 'This browser does not hold the key of this till.' } as const

/** Gives points for a sale. It is signed and lies on this till's disk before anything is sent or said. */
export async function givePoints(ground: TillGround, sale: Sale): Promise<Given> {
  const noRoom = await fullCard(ground, sale)
  if (noRoom) return noRoom
  let kept = await ringUp(ground, sale)
  if (kept === null) return noKey
  const waits = { is: 'kept', points: sale.points } as const
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (isSilent(ground)) break
    const [answer] = await sendSales(ground, [kept])
    if (answer === undefined || answer.is === 'later') break
    if (answer.is === 'held') return { ...waits, why: answer.sentence }
    if (answer.is !== 'again') return answer
    kept = answer.sale
  }
  return { ...waits, why: null }
}
