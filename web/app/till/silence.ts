import { askFor } from '#web/ui/ask.ts'
import { asking, type TillGround } from './till-ground.ts'

// Whether the street answers this till. Asked beside the sales: while it is silent no cashier waits for it.

const silentSince = new WeakMap<TillGround['shelf'], number>()

export const isSilent = ({ shelf }: TillGround): boolean => silentSince.has(shelf)

/** Since when, in milliseconds of this machine; null: it answers. */
export const silentSinceWhen = ({ shelf }: TillGround): number | null => silentSince.get(shelf) ?? null

export function fellSilent({ shelf, now }: TillGround): void {
  if (!silentSince.has(shelf)) silentSince.set(shelf, now())
}

export function spokeAgain({ shelf }: TillGround): void {
  silentSince.delete(shelf)
}

/** Asks whether the street is there, and remembers the answer. */
export async function streetAnswers(ground: TillGround): Promise<boolean> {
  const answer = await askFor('/api/health', asking(ground, null))
  if (answer.is === 'unreachable') fellSilent(ground)
  else spokeAgain(ground)
  return answer.is !== 'unreachable'
}
