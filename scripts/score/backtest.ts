import { readTime } from '#contracts/till-api/sales-fields.ts'
import type { Accuracy } from '#indexer/scoring/accuracy.ts'
import { type Backtest, rollingBacktest } from '#indexer/scoring/backtest.ts'
import { type Choice, chooseModel } from '#indexer/scoring/choice.ts'
import type { PurchaseDays } from '#indexer/scoring/purchase-days.ts'
import { Complaint } from '../street/complaint.ts'
import { type Asked, inputOf, required } from './asked.ts'
import { readTransactions } from './transactions-file.ts'

/** Back-tests every model on a file of transactions; what is printed of it. Times are in days. */
export function backtestFile(asked: Asked) {
  const [end, last] = [dayOf('calibration-end', asked), dayOf('holdout-end', asked)]
  if (last <= end) throw new Complaint('--holdout-end must lie after --calibration-end.')
  const horizon = last - end
  if (!/^[1-9]\d?$/.test(asked.origins)) throw new Complaint(`--origins takes 1 to 99, not "${asked.origins}".`)
  const origins = Number(asked.origins)
  const { path, bytes } = inputOf(asked)
  const days = readTransactions(path, bytes)
  requireCovered(path, days, { end: end - (origins - 1) * horizon, last })
  const tests = rollingBacktest(days, { end, horizon, origins })
  const choice = chooseModel(tests)
  return {
    unit: 'day',
    calibrationEnd: dateOf(end),
    holdoutEnd: dateOf(last),
    horizon,
    tests: tests.map(testLine),
    chosen: choice?.model ?? null,
    why: choice === undefined ? 'no model converged' : reasonOf(choice),
    betterThanBaselines: choice === undefined ? false : better(tests, choice),
    candidates: choice?.candidates ?? [],
  }
}

function testLine(test: Backtest) {
  return {
    calibrationEnd: dateOf(test.end),
    members: test.members,
    actual: test.actual,
    models: test.models.map(({ model, fit, accuracy, weekly }) => ({
      model,
      status: fit.status,
      params: fit.parameters === undefined ? null : { ...fit.parameters },
      logLikelihood: Number.isFinite(fit.logLikelihood) ? fit.logLikelihood : null,
      ...figures(accuracy),
      weekly,
    })),
    baselines: test.baselines.map(({ baseline, accuracy }) => ({ baseline, ...figures(accuracy) })),
  }
}

const figures = (accuracy: Accuracy | undefined) => accuracy ?? { mae: null }

const sentences: Readonly<Record<Choice['decidedBy'], string>> = {
  mae: 'its mean absolute error is the least, by more than 2 %',
  bias: 'of the models whose mean absolute error is within 2 % of the least, its bias is the smallest',
  calibration: 'of the models that are as good by error and bias, its deciles are calibrated best',
  gini: 'of the models that are as good by error, bias and calibration, it ranks members best',
  simplicity: 'it is the simplest of the models that are equally good',
}

/** Whether the chosen model's error is below that of every baseline, at every end. */
function better(tests: readonly Backtest[], choice: Choice): boolean {
  return tests.every((test) => {
    const chosen = test.models.find(({ model }) => model === choice.model)?.accuracy?.mae ?? Number.NaN
    return test.baselines.every(({ accuracy }) => accuracy === undefined || chosen < accuracy.mae)
  })
}

const reasonOf = (choice: Choice): string => `${choice.model}: ${sentences[choice.decidedBy]}`

function dayOf(flag: 'calibration-end' | 'holdout-end', asked: Asked): number {
  const read = readTime(required(flag, asked[flag]), new Date('9999-12-31T00:00:00Z'))
  if ('fault' in read) throw new Complaint(`--${flag}: ${read.fault.sentence}, not "${asked[flag]}".`)
  return Math.floor(read.value / 86_400)
}

const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

/** A holdout that the file does not reach would look like silence. */
function requireCovered(
  path: string,
  days: PurchaseDays,
  asked: { readonly end: number; readonly last: number },
): void {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const day of days.day) {
    first = Math.min(first, day)
    last = Math.max(last, day)
  }
  if (asked.end < first) {
    throw new Complaint(`${path} begins on ${dateOf(first)}: nothing is known by ${dateOf(asked.end)}.`)
  }
  if (last <= asked.end) throw new Complaint(`${path} ends on ${dateOf(last)}: it holds nothing after that end.`)
  const missing = asked.last - last
  if (missing > 7) {
    console.error(`${path} ends on ${dateOf(last)}, ${missing} days before the holdout: those days count as silence`)
  }
}
