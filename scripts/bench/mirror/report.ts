import { type Figure, rounded } from '../figure.ts'
import { type ArmName, armNames } from './arms.ts'
import type { Shape } from './chain.ts'
import { type Limit, limitNames } from './limits.ts'
import type { Measured } from './measure.ts'
import { forkDepth } from './reorg.ts'

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

const peerNames = { ponder: 'Ponder 0.17.7', subsquid: 'Subsquid 1.27.3' } as const

/** Medians over the runs of one indexer on one chain. */
interface Middle {
  readonly seconds: number
  readonly rate: number
  readonly cpuSeconds: number
  readonly cpuMicroseconds: number
  readonly postgresMicroseconds: number
  readonly nodeCpuSeconds: number
  /** The most of all runs. */
  readonly peakMegabytes: number
  readonly tip: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number>>
  readonly forkMs: number | undefined
  readonly identical: boolean
}

const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((one, other) => one - other),
    0.5,
  )

/** The value that so many of the sorted ones do not exceed. */
const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * part) - 1))] ?? Number.NaN

function middleOf({ measured, transfers }: ShapeMeasured, arm: ArmName): Middle {
  const runs = measured.filter((one) => one.arm === arm)
  const seconds = median(runs.map((run) => run.seconds))
  const cpuSeconds = median(runs.map((run) => run.cpuSeconds))
  const postgres = median(runs.map((run) => run.postgresCpuSeconds))
  const tip = runs.flatMap((run) => run.tip).sort((one, other) => one - other)
  const forks = runs.flatMap(({ forkMs }) => (forkMs === undefined ? [] : [forkMs]))
  return {
    seconds,
    rate: transfers / seconds,
    cpuSeconds,
    cpuMicroseconds: (cpuSeconds / transfers) * 1e6,
    postgresMicroseconds: (postgres / transfers) * 1e6,
    nodeCpuSeconds: median(runs.map((run) => run.nodeCpuSeconds)),
    peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)),
    tip: { p50: quantile(tip, 0.5), p90: quantile(tip, 0.9), p99: quantile(tip, 0.99), max: quantile(tip, 1) },
    forkMs: forks.length === 0 ? undefined : median(forks),
    identical: runs.length > 0 && runs.every((run) => run.differences.length === 0),
  }
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const tenths = (value: number): string => value.toFixed(1)

const columns = ['events/s', 'wall s', 'CPU s', 'us/event', 'PG us/event', 'node CPU s', 'peak MB']

export function printShape(one: ShapeMeasured): void {
  const { shape, events, transfers, blocks, limits } = one
  console.log(`\n${shape}: ${whole(events)} events, ${whole(transfers)} transfers among them, ${whole(blocks)} blocks`)
  const head = columns.map((name) => name.padStart(12)).join('')
  console.log(`${''.padEnd(16)}${head}  ${'tip ms p50/p90/p99/max'.padEnd(32)}${'fork ms'.padEnd(10)}balances`)
  for (const arm of armNames) {
    const middle = middleOf(one, arm)
    const { p50, p90, p99, max } = middle.tip
    const cells = [
      whole(middle.rate),
      tenths(middle.seconds),
      tenths(middle.cpuSeconds),
      tenths(middle.cpuMicroseconds),
      tenths(middle.postgresMicroseconds),
      tenths(middle.nodeCpuSeconds),
      whole(middle.peakMegabytes),
    ]
    const tip = [p50, p90, p99, max].map(tenths).join(' / ')
    const fork = middle.forkMs === undefined ? '' : tenths(middle.forkMs)
    const verdict = middle.identical ? 'identical' : 'DIFFERENT'
    const row = cells.map((cell) => cell.padStart(12)).join('')
    console.log(`${arm.padEnd(16)}${row}  ${tip.padEnd(32)}${fork.padEnd(10)}${verdict}`)
  }
  for (const limit of limitNames) {
    const runs = limits.filter((run) => run.limit === limit)
    const [seconds, cpu] = [median(runs.map((run) => run.seconds)), median(runs.map((run) => run.cpuSeconds))]
    const peak = Math.max(...runs.map((run) => run.peakMegabytes))
    const each = tenths((cpu / transfers) * 1e6)
    const cells = [whole(transfers / seconds), tenths(seconds), tenths(cpu), each, '', '', whole(peak)]
    console.log(`${`${limit} alone`.padEnd(16)}${cells.map((cell) => cell.padStart(12)).join('')}`.trimEnd())
  }
}

interface Target {
  readonly what: string
  readonly seen: number
  readonly wanted: string
  readonly met: boolean
}

function targetsOf(one: ShapeMeasured): Target[] {
  const [ours, ponder] = [middleOf(one, 'ours, proven'), middleOf(one, 'ponder')]
  const atLeast = (what: string, seen: number, least: number, unit = 'x'): Target => {
    return { what, seen, wanted: `>= ${least} ${unit}`, met: seen >= least }
  }
  const atMost = (what: string, seen: number, most: number): Target => {
    return { what, seen, wanted: `<= ${most}`, met: seen <= most }
  }
  return [
    atLeast("events/s, times Ponder's", ours.rate / ponder.rate, 12),
    atLeast("CPU an event, Ponder's by ours", ponder.cpuMicroseconds / ours.cpuMicroseconds, 11),
    atLeast("PostgreSQL's CPU an event, likewise", ponder.postgresMicroseconds / ours.postgresMicroseconds, 8),
    atMost('peak memory, MB', ours.peakMegabytes, 256),
    atMost('tip p50, ms', ours.tip.p50, 10),
    atMost('tip p99, ms', ours.tip.p99, 40),
    atLeast("tip p50, Ponder's by ours", ponder.tip.p50 / ours.tip.p50, 4),
    atMost(`a fork of ${forkDepth} blocks to consistent reads, ms`, ours.forkMs ?? Number.NaN, 250),
  ]
}

/** Ours, proven, beside what it must reach. */
export function printTargets(all: readonly ShapeMeasured[]): void {
  for (const one of all) {
    console.log(`\n${one.shape}: ours, proven, beside its targets`)
    for (const { what, seen, wanted, met } of targetsOf(one)) {
      console.log(`  ${what.padEnd(40)}${tenths(seen).padStart(10)}  ${wanted.padEnd(10)}${met ? 'met' : 'MISSED'}`)
    }
  }
}

const quantities: readonly {
  readonly name: string
  readonly unit: string
  readonly of: (middle: Middle) => number
}[] = [
  { name: 'backfill', unit: 'events/s', of: (middle) => middle.rate },
  { name: 'CPU', unit: 'us/event', of: (middle) => middle.cpuMicroseconds },
  { name: 'PostgreSQL CPU', unit: 'us/event', of: (middle) => middle.postgresMicroseconds },
  { name: 'peak memory', unit: 'MB', of: (middle) => middle.peakMegabytes },
  { name: 'tip p50', unit: 'ms', of: (middle) => middle.tip.p50 },
  { name: 'tip p99', unit: 'ms', of: (middle) => middle.tip.p99 },
]

export function figuresOf(one: ShapeMeasured): Figure[] {
  const { shape, transfers, limits } = one
  const ours = armNames.filter((arm) => arm !== 'ponder' && arm !== 'subsquid')
  const beside = ours.flatMap((arm) =>
    (['ponder', 'subsquid'] as const).flatMap((peer) => {
      const [mine, theirs] = [middleOf(one, arm), middleOf(one, peer)]
      return quantities.map(({ name, unit, of }) => {
        const [value, peerValue] = [rounded(of(mine)), rounded(of(theirs))]
        const ratio = rounded(of(mine) / of(theirs))
        return { name: `mirror ${shape}, ${arm}: ${name}`, value, unit, peer: peerNames[peer], peerValue, ratio }
      })
    }),
  )
  const forks = ours.flatMap((arm) => {
    const { forkMs } = middleOf(one, arm)
    const name = `mirror ${shape}, ${arm}: fork of ${forkDepth} blocks`
    return forkMs === undefined ? [] : [{ name, value: rounded(forkMs), unit: 'ms' }]
  })
  const alone = limitNames.map((limit) => {
    const seconds = median(limits.filter((run) => run.limit === limit).map((run) => run.seconds))
    return { name: `mirror ${shape}, ${limit} alone`, value: rounded(transfers / seconds), unit: 'events/s' }
  })
  return [...beside, ...forks, ...alone]
}
