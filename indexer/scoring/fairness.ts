/**
 * Whether a forecast treats groups of members alike. For audit only: what tells the groups apart is never an input of a
 * model. A group of fewer than a hundred is not judged, since its figures would be chance.
 */

/** One member as the forecast saw them and as it came: visits in the time that was foretold. */
export interface Foretold {
  readonly group: string
  readonly foretold: number
  readonly came: number
}

export interface GroupReport {
  readonly group: string
  readonly members: number
  /** The share that would be favoured: among the upper third of all by what was foretold. */
  readonly favoured: number
  /** Of those who did come that much, the share that was favoured; null where nobody did. */
  readonly found: number | null
  /** Visits a member, foretold and come: alike in every group where the forecast is calibrated within groups. */
  readonly foretold: number
  readonly came: number
}

export interface FairnessReport {
  readonly groups: readonly GroupReport[]
  /** Groups too small to be judged. */
  readonly small: readonly { readonly group: string; readonly members: number }[]
  /** Largest less smallest share favoured, and smallest by largest; null with fewer than two groups. */
  readonly parityDifference: number | null
  readonly parityRatio: number | null
  /**
   * Largest less smallest share found (equal opportunity: Hardt, Price and Srebro 2016); null where it cannot be
   * said.
   */
  readonly opportunityDifference: number | null
}

export const smallestGroup = 100

/** Compares the groups; members in any order give the same report. */
export function fairnessReport(members: readonly Foretold[]): FairnessReport {
  const cuts = {
    foretold: upperThird(members.map((one) => one.foretold)),
    came: upperThird(members.map((one) => one.came)),
  }
  const names = [...new Set(members.map(({ group }) => group))].sort()
  const all = names.map((group) => ({ group, own: members.filter((one) => one.group === group) }))
  const groups = all
    .filter(({ own }) => own.length >= smallestGroup)
    .map(({ group, own }) => reportOf(group, own, cuts))
  const small = all
    .filter(({ own }) => own.length < smallestGroup)
    .map(({ group, own }) => ({ group, members: own.length }))
  const favoured = groups.map((group) => group.favoured)
  const found = groups.flatMap((group) => group.found ?? [])
  const [least, most] = [Math.min(...favoured), Math.max(...favoured)]
  const several = groups.length > 1
  return {
    groups,
    small,
    parityDifference: several ? most - least : null,
    parityRatio: several && most > 0 ? least / most : null,
    opportunityDifference: several && found.length === groups.length ? Math.max(...found) - Math.min(...found) : null,
  }
}

/** The least value of the upper third; at least something, since coming never is nothing to favour. */
function upperThird(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return Math.max(sorted[Math.floor((2 * sorted.length) / 3)] ?? 0, Number.MIN_VALUE)
}

function reportOf(
  group: string,
  own: readonly Foretold[],
  cuts: { readonly foretold: number; readonly came: number },
): GroupReport {
  const favoured = own.filter((one) => one.foretold >= cuts.foretold)
  const coming = own.filter((one) => one.came >= cuts.came)
  const both = coming.filter((one) => one.foretold >= cuts.foretold)
  return {
    group,
    members: own.length,
    favoured: favoured.length / own.length,
    found: coming.length === 0 ? null : both.length / coming.length,
    foretold: mean(own.map((one) => one.foretold)),
    came: mean(own.map((one) => one.came)),
  }
}

/** Summed from the least, so that the order of the members does not show. */
const mean = (values: readonly number[]): number =>
  Float64Array.from(values)
    .sort()
    .reduce((sum, value) => sum + value, 0) / values.length
