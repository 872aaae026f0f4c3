#!/usr/bin/env node
// One scoring in a process of its own, so that its memory is its own: `score-once.ts FOLDER quick|plain`. Reads
// columns, fits purchases (MBG/NBD) and spends (Gamma-Gamma), values 52 weeks by the week, writes the values beside
// them, and prints what it took as one line of JSON.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { plainFit, plainSpendFit, plainValues } from '#indexer/scoring/plain.ts'
import { predictDiscounted } from '#indexer/scoring/predict.ts'
import { fitPurchases } from '#indexer/scoring/purchase-models.ts'
import { expectedSpend, fitSpend } from '#indexer/scoring/spend.ts'
import { bytesOf, readColumns, type ScoringInput } from './columns.ts'

const plan = { horizon: 364, step: 7, rate: 0.002 } as const

export interface ScoredOnce {
  readonly fitSeconds: number
  readonly valueSeconds: number
  readonly cpuSeconds: number
  /** The process's most resident memory, reading the columns included. */
  readonly peakMb: number
  /** What the process held before it read anything. */
  readonly emptyMb: number
  readonly distinct: number
}

interface Way {
  readonly fitted: number
  readonly distinct: number
  readonly values: Float64Array
}

function quick(input: ScoringInput): Way {
  const cohort = cohortOf(input)
  const { fit, fitted } = fitPurchases('mbg', cohort)
  const spend = fitSpend(input)
  if (fitted === undefined || spend.fitted?.model !== 'gg')
    throw new Error(`no fit: ${fit.status}, ${spend.fit.status}`)
  const then = performance.now()
  const { expected } = predictDiscounted(fitted, cohort, plan)
  const each = expectedSpend(spend.fitted, input)
  for (let member = 0; member < expected.length; member += 1) {
    expected[member] = (expected[member] as number) * (each[member] as number)
  }
  return { fitted: then, distinct: cohort.repeats.length, values: expected }
}

function plain(input: ScoringInput): Way {
  const parameters = plainFit('mbg', input)
  const spend = plainSpendFit(input.repeats, input.meanSpend)
  const fitted = performance.now()
  return { fitted, distinct: input.repeats.length, values: plainValues('mbg', parameters, spend, input, plan) }
}

const [, , folder, way] = process.argv
if (folder !== undefined && (way === 'quick' || way === 'plain')) {
  const emptyMb = process.memoryUsage().rss / 1e6
  const input = readColumns(folder)
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const { fitted, distinct, values } = way === 'quick' ? quick(input) : plain(input)
  const [ended, used] = [performance.now(), process.cpuUsage(cpu)]
  const scored: ScoredOnce = {
    fitSeconds: (fitted - began) / 1_000,
    valueSeconds: (ended - fitted) / 1_000,
    cpuSeconds: (used.user + used.system) / 1e6,
    peakMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
    emptyMb,
    distinct,
  }
  writeFileSync(join(folder, `values-${way}`), bytesOf(values))
  console.log(JSON.stringify(scored))
}
