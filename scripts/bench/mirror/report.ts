import { type Figure, rounded } from '../figure.ts'
import { type ArmName, armNames } from './arms.ts'
import { limitNames } from './limits.ts'
import { type Middle, middleOf, type ShapeMeasured, type Spread, spreadOf } from './middle.ts'
import type { Misled } from './misled.ts'
import { type ForkDepth, forkDepths } from './reorg.ts'

const peerNames = { ponder: 'Ponder 0.17.7', subsquid: 'Subsquid 1.27.3' } as const

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const tenths = (value: number): string => value.toFixed(1)
const row = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(24)}${cells.map((cell) => cell.padStart(13)).join('')}`.trimEnd()

const columns = ['events/s', 'wall s', 'CPU s', 'us/event', 'PG us/event', 'node CPU s', 'peak MB']

export function printShape(one: ShapeMeasured): void {
  const { shape, events, transfers, blocks, limits } = one
  const runs = middleOf(one, 'ours, proven').runs
  const head = `${whole(events)} events, ${whole(transfers)} transfers among them, ${whole(blocks)} blocks`
  console.log(`\n${shape}: ${head}; ${runs === 1 ? 'one run' : `medians of ${runs} runs`}`)
  console.log(row('', [...columns, 'balances']))
  for (const arm of armNames) {
    const middle = middleOf(one, arm)
    const cells = [
      whole(middle.rate.median),
      tenths(middle.seconds),
      tenths(middle.cpuSeconds),
      tenths(middle.cpuMicroseconds.median),
      tenths(middle.postgresMicroseconds.median),
      tenths(middle.nodeCpuSeconds),
      whole(middle.peakMegabytes.most),
    ]
    console.log(row(arm, [...cells, middle.identical ? 'identical' : 'DIFFERENT']))
  }
  for (const limit of limitNames) {
    const alone = limits.filter((run) => run.limit === limit)
    const [seconds, cpu] = [spreadOf(alone.map((run) => run.seconds)), spreadOf(alone.map((run) => run.cpuSeconds))]
    const peak = Math.max(...alone.map((run) => run.peakMegabytes))
    const each = tenths((cpu.median / transfers) * 1e6)
    const rate = whole(transfers / seconds.median)
    console.log(row(`${limit} alone`, [rate, tenths(seconds.median), tenths(cpu.median), each, '', '', whole(peak)]))
  }
  printTipAndForks(one)
  if (runs > 1) printSpreads(one)
}

function printTipAndForks(one: ShapeMeasured): void {
  console.log(`\n${row('', ['tip ms p50', 'p90', 'p99', 'max', ...forkDepths.map((depth) => `fork ${depth} ms`)])}`)
  for (const arm of armNames) {
    const { tip, forks } = middleOf(one, arm)
    const latencies = [tip.p50, tip.p90, tip.p99, tip.max].map(tenths)
    console.log(row(arm, [...latencies, ...forkDepths.map((depth) => forkWord(forks, depth))]))
  }
}

const forkWords = { ended: 'it ended', stayed: 'not followed' } as const

function forkWord(forks: Middle['forks'], depth: ForkDepth): string {
  const fork = forks.get(depth)
  if (fork === undefined) return 'not tried'
  return typeof fork === 'string' ? forkWords[fork] : tenths(fork.median)
}

const spreads: readonly { readonly name: string; readonly of: (middle: Middle) => Spread }[] = [
  { name: 'events/s', of: (middle) => middle.rate },
  { name: 'us/event', of: (middle) => middle.cpuMicroseconds },
  { name: 'PG us/event', of: (middle) => middle.postgresMicroseconds },
  { name: 'peak MB', of: (middle) => middle.peakMegabytes },
  { name: 'tip ms p50', of: (middle) => middle.tipP50 },
]

/** The least and the most of all runs. */
function printSpreads(one: ShapeMeasured): void {
  console.log(
    `\n${row(
      'least - most',
      spreads.map(({ name }) => name),
    )}`,
  )
  for (const arm of armNames) {
    const middle = middleOf(one, arm)
    const cells = spreads.map(({ of }) => {
      const { least, most } = of(middle)
      return least < 1_000 ? `${tenths(least)}-${tenths(most)}` : `${whole(least)}-${whole(most)}`
    })
    console.log(
      row(
        arm,
        cells.map((cell) => ` ${cell}`),
      ),
    )
  }
}

/** What each made of a node that leaves one transfer of several out. */
export function printMisled(all: readonly Misled[]): void {
  console.log('\na node that leaves one transfer of several out of each answer:')
  for (const { arm, reached, transfers, of, differing, warned } of all) {
    const stands = reached ? 'says it has mirrored all' : 'stops before it'
    const wrote = `${whole(transfers)} of ${whole(of)} transfers`
    const wrong = reached ? `, ${whole(differing)} wrong figures` : ''
    console.log(`  ${arm.padEnd(16)}${stands}: ${wrote}${wrong}; ${warned ? 'names the lie' : 'no word of it'}`)
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
  const times = (mine: Spread, theirs: Spread): number => theirs.median / mine.median
  const fork = ours.forks.get(64)
  return [
    atLeast("events/s, times Ponder's", ours.rate.median / ponder.rate.median, 12),
    atLeast("CPU an event, Ponder's by ours", times(ours.cpuMicroseconds, ponder.cpuMicroseconds), 11),
    atLeast("PostgreSQL's CPU an event, likewise", times(ours.postgresMicroseconds, ponder.postgresMicroseconds), 8),
    atMost('peak memory, MB', ours.peakMegabytes.most, 256),
    atMost('tip p50, ms', ours.tip.p50, 10),
    atMost('tip p99, ms', ours.tip.p99, 40),
    atLeast("tip p50, Ponder's by ours", ponder.tip.p50 / ours.tip.p50, 4),
    atMost('a fork of 64 blocks to consistent reads, ms', typeof fork === 'object' ? fork.median : Number.NaN, 250),
  ]
}

/** Ours, proven, beside what it must reach. */
export function printTargets(all: readonly ShapeMeasured[]): void {
  for (const one of all) {
    console.log(`\n${one.shape}: ours, proven, beside its targets`)
    for (const { what, seen, wanted, met } of targetsOf(one)) {
      console.log(`  ${what.padEnd(44)}${tenths(seen).padStart(10)}  ${wanted.padEnd(10)}${met ? 'met' : 'MISSED'}`)
    }
  }
}

const one = (value: number): Spread => ({ median: value, least: value, most: value })

const quantities: readonly {
  readonly name: string
  readonly unit: string
  readonly of: (middle: Middle) => Spread
}[] = [
  { name: 'backfill', unit: 'events/s', of: (middle) => middle.rate },
  { name: 'CPU', unit: 'us/event', of: (middle) => middle.cpuMicroseconds },
  { name: 'PostgreSQL CPU', unit: 'us/event', of: (middle) => middle.postgresMicroseconds },
  { name: 'peak memory', unit: 'MB', of: ({ peakMegabytes: { least, most } }) => ({ median: most, least, most }) },
  { name: 'tip p50', unit: 'ms', of: (middle) => ({ ...middle.tipP50, median: middle.tip.p50 }) },
  { name: 'tip p99', unit: 'ms', of: (middle) => one(middle.tip.p99) },
]

const ours = armNames.filter((arm) => arm !== 'ponder' && arm !== 'subsquid')

export function figuresOf(measured: ShapeMeasured): Figure[] {
  const { shape, transfers, limits } = measured
  const beside = ours.flatMap((arm) =>
    (['ponder', 'subsquid'] as const).flatMap((peer) => {
      const [mine, theirs] = [middleOf(measured, arm), middleOf(measured, peer)]
      return quantities.map(({ name, unit, of }) => {
        const [value, peerValue] = [rounded(of(mine).median), rounded(of(theirs).median)]
        const ratio = rounded(of(mine).median / of(theirs).median)
        return { name: `mirror ${shape}, ${arm}: ${name}`, value, unit, peer: peerNames[peer], peerValue, ratio }
      })
    }),
  )
  const ends = armNames.flatMap((arm) => endsOf(shape, arm, middleOf(measured, arm)))
  const forks = armNames.flatMap((arm) => forkFigures(shape, arm, middleOf(measured, arm)))
  const alone = limitNames.map((limit) => {
    const { median } = spreadOf(limits.filter((run) => run.limit === limit).map((run) => run.seconds))
    return { name: `mirror ${shape}, ${limit} alone`, value: rounded(transfers / median), unit: 'events/s' }
  })
  return [...beside, ...ends, ...forks, ...alone]
}

/** The least and the most of several runs. */
function endsOf(shape: string, arm: ArmName, middle: Middle): Figure[] {
  if (middle.runs < 2) return []
  return quantities.flatMap(({ name, unit, of }) => {
    const { least, most } = of(middle)
    const what = `mirror ${shape}, ${arm}: ${name}`
    return [
      { name: `${what}, least of ${middle.runs} runs`, value: rounded(least), unit },
      { name: `${what}, most of ${middle.runs} runs`, value: rounded(most), unit },
    ]
  })
}

function forkFigures(shape: string, arm: ArmName, { forks }: Middle): Figure[] {
  return [...forks].flatMap(([depth, fork]) => {
    if (typeof fork === 'string') return []
    return [{ name: `mirror ${shape}, ${arm}: fork of ${depth} blocks`, value: rounded(fork.median), unit: 'ms' }]
  })
}

/** Transfers that each wrote down of a node that leaves one of several out; `floor` is what the chain has. */
export function misledFigures(all: readonly Misled[]): Figure[] {
  return all.map(({ arm, reached, transfers, of }) => {
    const stands = reached ? 'taken for all there is' : 'stopped'
    return {
      name: `mirror, ${arm}: a log missing in each answer, ${stands}`,
      value: transfers,
      unit: 'events',
      floor: of,
    }
  })
}
