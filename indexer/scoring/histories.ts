/**
 * Purchase histories as columns, one entry a member. Times are in one unit that the caller knows: days in the network,
 * weeks in the published examples. Nothing converts silently, and every rate of a fitted model is per that unit.
 */
export interface Histories {
  /** x: repeat purchase days, a whole number. Purchases of one day are one, and the first day does not count. */
  readonly repeats: Int32Array
  /** t_x: age at the last purchase, counted from the first; 0 where there was no other. */
  readonly lastAge: Float64Array
  /** T: age at the end of the observation. */
  readonly age: Float64Array
  /** Sum of the logarithms of the gaps between purchase days; only regular buying (MBG/CNBD-k) asks for it. */
  readonly logGaps?: Float64Array
  /** How many members have this history, where equal ones are listed once. */
  readonly weight?: Float64Array
}

/** The most repeat purchases that a history may have. */
export const mostRepeats = 1_000_000

export type HistoryFaultCode =
  | 'repeatsNotWhole'
  | 'tooManyRepeats'
  | 'timeNotFinite'
  | 'timeNegative'
  | 'lastAfterEnd'
  | 'lastWithoutRepeats'
  | 'weightNotPositive'

/** Why a history cannot be one; `row` counts from 0. */
export interface HistoryFault {
  readonly row: number
  readonly code: HistoryFaultCode
}

/** What is wrong with x, t_x and T of one member, or undefined. */
export function historyFault(repeats: number, lastAge: number, age: number): HistoryFaultCode | undefined {
  if (!Number.isInteger(repeats) || repeats < 0) return 'repeatsNotWhole'
  if (repeats > mostRepeats) return 'tooManyRepeats'
  if (!Number.isFinite(lastAge) || !Number.isFinite(age)) return 'timeNotFinite'
  if (lastAge < 0 || age < 0) return 'timeNegative'
  if (lastAge > age) return 'lastAfterEnd'
  if (repeats === 0 && lastAge > 0) return 'lastWithoutRepeats'
  return undefined
}

/** All histories that contradict themselves, by their rows. */
export function faultsOf(histories: Histories): HistoryFault[] {
  const faults: HistoryFault[] = []
  const { repeats, lastAge, age, weight } = histories
  for (let row = 0; row < repeats.length; row += 1) {
    const code = historyFault(repeats[row] as number, lastAge[row] as number, age[row] as number)
    if (code !== undefined) faults.push({ row, code })
    else if (weight !== undefined && !((weight[row] as number) > 0)) faults.push({ row, code: 'weightNotPositive' })
  }
  return faults
}
