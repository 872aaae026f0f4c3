import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../proof/program.ts'
import type { Progress } from '../street/progress.ts'
import { type Figure, rounded } from './figure.ts'
import { readDoubles, writeColumns } from './scoring/columns.ts'
import type { ScoredOnce } from './scoring/score-once.ts'
import { simulated } from './scoring/simulate.ts'
import { town } from './scoring/town.ts'

const beside = 100_000

interface Scored extends ScoredOnce {
  readonly members: number
  readonly way: 'quick' | 'plain'
}

/**
 * Fits and values simulated members, each time in a process of its own: 100,000 by the quick and by the plain way, then
 * `members` by the quick one. Throws where the two ways do not say the same.
 */
export async function scoringFigures(members: number, progress: Progress): Promise<readonly Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'highstreet-bench-scoring-'))
  const scored: Scored[] = []
  try {
    for (const count of [...new Set([beside, members])]) {
      const folder = join(home, String(count))
      mkdirSync(folder)
      const named = count.toLocaleString('en')
      await progress.during(`${named} simulated members`, async () => {
        writeColumns(folder, simulated({ members: count, ...town }))
      })
      for (const way of count === beside ? (['quick', 'plain'] as const) : (['quick'] as const)) {
        scored.push(await progress.during(`${named}, the ${way} way`, () => scoreOnce(folder, count, way)))
      }
    }
    requireSame(join(home, String(beside)))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  printScored(scored)
  return figuresOf(scored)
}

async function scoreOnce(folder: string, members: number, way: 'quick' | 'plain'): Promise<Scored> {
  const ended = await runProgram({ file: 'scripts/bench/scoring/score-once.ts', args: [folder, way] })
  if (!ended.passed) throw new Error(`the ${way} way failed: ${ended.output.trim().split('\n').slice(-5).join(' ')}`)
  const line = ended.output.trim().split('\n').at(-1) ?? ''
  return { ...(JSON.parse(line) as ScoredOnce), members, way }
}

function requireSame(folder: string): void {
  const [quick, plain] = [readDoubles(join(folder, 'values-quick')), readDoubles(join(folder, 'values-plain'))]
  const worst = quick.reduce(
    (most, value, member) => Math.max(most, Math.abs(value / (plain[member] as number) - 1)),
    0,
  )
  if (quick.length === plain.length && worst < 1e-6) return
  throw new Error(`the quick and the plain way differ by ${worst} of a member's value`)
}

const seconds = ({ fitSeconds, valueSeconds }: ScoredOnce): number => fitSeconds + valueSeconds

function figuresOf(scored: readonly Scored[]): Figure[] {
  const plain = scored.find(({ way }) => way === 'plain')
  return scored
    .filter(({ way }) => way === 'quick')
    .flatMap((one): Figure[] => {
      const name = `scoring ${one.members}`
      const rate = Math.round(one.members / seconds(one))
      const peerRate = plain === undefined ? Number.NaN : plain.members / seconds(plain)
      return [
        {
          name: `${name} fit and value`,
          value: rate,
          unit: 'members/s',
          peer: `plain implementation at ${beside}`,
          peerValue: Math.round(peerRate),
          ratio: rounded(rate / peerRate),
        },
        { name: `${name} time`, value: rounded(seconds(one)), unit: 's' },
        { name: `${name} processor time`, value: rounded(one.cpuSeconds), unit: 's' },
        { name: `${name} peak memory`, value: rounded(one.peakMb), unit: 'MB' },
      ]
    })
}

function printScored(scored: readonly Scored[]): void {
  const number = (value: number, digits: number): string => value.toFixed(digits).padStart(10)
  console.log(
    `\n${'members, way'.padEnd(20)}${['fit s', 'value s', 'CPU s', 'peak MB', 'distinct'].map(right).join('')}`,
  )
  for (const one of scored) {
    const figures = [number(one.fitSeconds, 2), number(one.valueSeconds, 2), number(one.cpuSeconds, 2)]
    const name = `${one.members.toLocaleString('en')}, ${one.way}`.padEnd(20)
    console.log(`${name}${figures.join('')}${number(one.peakMb, 0)}${right(one.distinct.toLocaleString('en'))}`)
  }
  const [quick, plain] = ['quick', 'plain'].map((way) =>
    scored.find((one) => one.way === way && one.members === beside),
  )
  if (quick !== undefined && plain !== undefined) {
    const [times, cpu] = [seconds(plain) / seconds(quick), plain.cpuSeconds / quick.cpuSeconds]
    console.log(`\nquick against plain: ${times.toFixed(1)} x, by processor time ${cpu.toFixed(1)} x; the same values`)
  }
  const [load = 0] = loadavg()
  console.log(
    `load of the machine at the end: ${load.toFixed(1)}; an empty process holds ${scored[0]?.emptyMb.toFixed(0)} MB`,
  )
}

const right = (text: string): string => text.padStart(10)
