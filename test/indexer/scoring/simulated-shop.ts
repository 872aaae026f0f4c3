import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Visits } from '#indexer/scoring/visits.ts'

/** A shop whose members live by the model, the same one for the same number. */

/** Numbers from 0 to 1, the same ones every time. */
function chance(from: number) {
  const generator = xoroshiro128plus(from)
  return () => (generator.next() >>> 0) / 2 ** 32
}

const exponential = (next: () => number, rate: number) => -Math.log(1 - next()) / rate
/** Gamma with a whole shape: a sum of exponentials. */
const gamma = (next: () => number, shape: number, rate: number) =>
  Array.from({ length: shape }, () => exponential(next, rate)).reduce((sum, one) => sum + one, 0)

export interface Simulated {
  readonly known: Visits[]
  /** Visits of those members on the days after. */
  readonly came: number
}

/**
 * A shop by the model's own assumptions: rates gamma(1, 20 days), leaving after each visit with a chance beta(1, 5).
 */
export function simulated(
  members: number,
  from: number,
  days: { readonly known: number; readonly ahead: number },
): Simulated {
  const next = chance(from)
  const known: Visits[] = []
  let came = 0
  for (let place = 0; place < members; place += 1) {
    const rate = gamma(next, 1, 20)
    const [leave, stay] = [gamma(next, 1, 1), gamma(next, 5, 1)]
    const leaving = leave / (leave + stay)
    const spend = 300 + Math.floor(next() * 1_200)
    let at = Math.floor(next() * (days.known / 2))
    const visited = new Set([at])
    let late = 0
    let moment = at
    while (next() >= leaving) {
      moment += exponential(next, rate)
      at = Math.floor(moment)
      if (at > days.known + days.ahead) break
      if (at > days.known) late += visited.has(at) ? 0 : 1
      else visited.add(at)
      if (at > days.known) visited.add(at)
    }
    const all = [...visited].sort((one, other) => one - other)
    const before = all.filter((day) => day <= days.known)
    known.push({ member: `0x${place.toString(16).padStart(40, '0')}`, days: before, spends: before.map(() => spend) })
    came += late
  }
  return { known, came }
}
