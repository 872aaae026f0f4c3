import type { ArmName } from './arms.ts'
import type { Shape } from './chain.ts'
import type { Limit } from './limits.ts'
import type { Measured } from './measure.ts'
import type { ForkDepth, ForkFollowed } from './reorg.ts'

/** All that was measured on one chain. */
export interface ShapeMeasured {
  readonly shape: Shape
  /** As the chain counts them; rates are of transfers. */
  readonly events: number
  readonly transfers: number
  readonly blocks: number
  readonly measured: readonly Measured[]
  readonly limits: readonly Limit[]
}

/** Several runs' values of one thing: the middle one, and the ends. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** What the runs of one indexer on one chain have in their middle. */
export interface Middle {
  readonly runs: number
  readonly seconds: number
  readonly rate: Spread
  readonly cpuSeconds: number
  readonly cpuMicroseconds: Spread
  readonly postgresMicroseconds: Spread
  readonly nodeCpuSeconds: number
  /** `most` is the most of all runs, which is what memory has to be there for. */
  readonly peakMegabytes: Spread
  /** Of all blocks of all runs. */
  readonly tip: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number>>
  readonly tipP50: Spread
  /** Milliseconds, or what it did instead of following, in any of the runs. */
  readonly forks: ReadonlyMap<ForkDepth, Spread | 'ended' | 'stayed'>
  readonly identical: boolean
}

const ascending = (values: readonly number[]): readonly number[] => [...values].sort((one, other) => one - other)

/** The value that so many of the sorted ones do not exceed. */
const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * part) - 1))] ?? Number.NaN

export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values)
  return { median: quantile(sorted, 0.5), least: quantile(sorted, 0), most: quantile(sorted, 1) }
}

export function middleOf({ measured, transfers }: ShapeMeasured, arm: ArmName): Middle {
  const runs = measured.filter((one) => one.arm === arm)
  const each = (of: (run: Measured) => number): Spread => spreadOf(runs.map(of))
  const tip = ascending(runs.flatMap((run) => run.tip))
  return {
    runs: runs.length,
    seconds: each((run) => run.seconds).median,
    rate: each((run) => transfers / run.seconds),
    cpuSeconds: each((run) => run.cpuSeconds).median,
    cpuMicroseconds: each((run) => (run.cpuSeconds / transfers) * 1e6),
    postgresMicroseconds: each((run) => (run.postgresCpuSeconds / transfers) * 1e6),
    nodeCpuSeconds: each((run) => run.nodeCpuSeconds).median,
    peakMegabytes: each((run) => run.peakMegabytes),
    tip: { p50: quantile(tip, 0.5), p90: quantile(tip, 0.9), p99: quantile(tip, 0.99), max: quantile(tip, 1) },
    tipP50: each((run) => quantile(ascending(run.tip), 0.5)),
    forks: forksOf(runs.flatMap((run) => run.forks)),
    identical: runs.length > 0 && runs.every((run) => run.differences.length === 0),
  }
}

function forksOf(followed: readonly ForkFollowed[]): Middle['forks'] {
  const depths = [...new Set(followed.map(({ depth }) => depth))]
  return new Map(
    depths.map((depth) => {
      const all = followed.filter((fork) => fork.depth === depth).map(({ ms }) => ms)
      const failed = all.find((ms) => typeof ms === 'string')
      return [depth, failed ?? spreadOf(all.filter((ms) => typeof ms === 'number'))]
    }),
  )
}
