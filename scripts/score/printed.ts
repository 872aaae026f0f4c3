import { once } from 'node:events'
import type { Asked } from './asked.ts'
import type { backtestFile } from './backtest.ts'
import type { ProofReport } from './check-proof.ts'
import type { FitLine } from './fit.ts'
import type { Held, ReplayReport } from './replay.ts'

export function printFit(line: FitLine, asked: Asked): void {
  if (asked.json) {
    console.log(JSON.stringify(line))
    return
  }
  console.log(`${line.model} of ${line.n.toLocaleString('en')} members: ${line.status}`)
  for (const [name, value] of Object.entries(line.params ?? {})) console.log(`  ${name.padEnd(6)} ${value}`)
  console.log(`  log-likelihood ${line.logLikelihood ?? 'none'}`)
}

const linesAtOnce = 10_000

/** One line a row; waits for a slow reader, so that a million rows do not pile up. */
export async function printRows(rows: readonly object[], asked: Asked): Promise<void> {
  const textOf = asked.json
    ? (row: object) => JSON.stringify(row)
    : (row: object) =>
        Object.values(row)
          .map((value) => String(Number(Number(value).toPrecision(10))).padStart(14))
          .join(' ')
  if (!asked.json) {
    console.log(
      Object.keys(rows[0] ?? {})
        .map((name) => name.padStart(14))
        .join(' '),
    )
  }
  for (let from = 0; from < rows.length; from += linesAtOnce) {
    const text = rows
      .slice(from, from + linesAtOnce)
      .map(textOf)
      .join('\n')
    if (!process.stdout.write(`${text}\n`) && !(await drained())) return
  }
}

export function printReplay(report: ReplayReport, asked: Asked): void {
  if (asked.json) {
    console.log(JSON.stringify(report))
    return
  }
  const { model, day, block, scores, inputsHash, root, run } = report
  console.log(`${model} at the end of ${new Date(day * 86_400_000).toISOString().slice(0, 10)}, block ${block}`)
  console.log(`  inputs  ${inputsHash}\n  root    ${root ?? 'none'} over ${scores.toLocaleString('en')} scores`)
  if (run === null) console.log('  held against no chain: name one with --rpc and --deployment')
  else printHeld(`run ${run} on the chain`, report.checks)
}

export function printProof(report: ProofReport, asked: Asked): void {
  if (asked.json) console.log(JSON.stringify(report))
  else printHeld(`${report.score.member} at shop ${report.score.shop}, run ${report.run}`, report.checks)
}

function printHeld(of: string, checks: readonly Held[]): void {
  console.log(of)
  for (const { what, holds, found } of checks) console.log(`  ${holds ? 'holds  ' : 'DIFFERS'} ${what}: ${found}`)
}

/** Whether there is still somebody who reads. */
async function drained(): Promise<boolean> {
  try {
    await once(process.stdout, 'drain')
    return true
  } catch {
    return false
  }
}

export function printBacktest(report: ReturnType<typeof backtestFile>, asked: Asked): void {
  if (asked.json) {
    console.log(JSON.stringify(report))
    return
  }
  for (const test of report.tests) {
    const what = `${test.members.toLocaleString('en')} members, ${test.actual.toLocaleString('en')} purchases came`
    console.log(`\nforecast at the end of ${test.calibrationEnd} over ${report.horizon} days: ${what}`)
    console.log(`${'model'.padEnd(16)}${['MAE', 'RMSE', 'bias', 'bias %', 'Gini', 'deciles'].map(right).join('')}`)
    for (const model of test.models) printAccuracy(model.model, model, model.status)
    for (const baseline of test.baselines) printAccuracy(baseline.baseline, baseline, 'observed too short')
  }
  console.log(`\nchosen: ${report.why}`)
  if (!report.betterThanBaselines) console.log('a baseline was less wrong than it: do not act on its forecast')
}

type Figures = { readonly mae: number | null } & Partial<Readonly<Record<string, unknown>>>

function printAccuracy(name: string, figures: Figures, otherwise: string): void {
  if (figures.mae === null) {
    console.log(`${name.padEnd(16)}  ${otherwise}`)
    return
  }
  const number = (key: string, times = 1): string => right((Number(figures[key]) * times).toFixed(4))
  const texts = [number('mae'), number('rmse'), number('bias'), number('biasShare', 100), number('gini')]
  console.log(`${name.padEnd(16)}${texts.join('')}${number('calibrationError')}`)
}

const right = (text: string): string => text.padStart(10)
