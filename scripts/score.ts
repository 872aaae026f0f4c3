#!/usr/bin/env node
// Lifetime value from files: for analysts, and for checking what the network computes. No database is needed.
import { type Asked, askedBy } from './score/asked.ts'
import { backtestFile } from './score/backtest.ts'
import { fitFile } from './score/fit.ts'
import { predictFile, valueFile } from './score/predict.ts'
import { printBacktest, printFit, printProof, printReplay, printRows } from './score/printed.ts'
import { Complaint, runToItsEnd } from './street/complaint.ts'

const usage = `npm run score -- fit|predict|value|backtest|replay|check --input FILE [options]

  fit       --model bg|mbg|pareto|cnbd --columns x,t_x,T [--litt COLUMN] [--k 1..4]
            --model bgbb --columns x,t_x,n,weight      --model gg --columns x,zbar
            finds the parameters of a model; one line
              {"model","params","logLikelihood","n","status"}
  predict   --model M --params '{...}' --at SPAN --columns x,t_x,T
            the probability that each is still a customer, and purchases expected over the next SPAN;
            one line a row, in the order of the file: {"row","pAlive","expected"}
  value     --model M --params '{...}' --gg '{"p","q","v"}' --horizon H --step S --rate R --columns x,t_x,T,zbar
            what the purchases of the next H are worth today: each counts at the end of its step of S, discounted
            by R a step; one line a row: {"row","value"}
  backtest  --calibration-end DATE --holdout-end DATE [--origins N]
            fits every model to what was known at the end of the first day, and compares its forecast up to the
            second with what came: errors, signed bias, week by week, deciles, Gini; which model it would choose, and
            why; beside it "last year again" and the mean of the member's recency, frequency and value cell. With
            --origins N also at N - 1 earlier ends, each one holdout earlier
  replay    does a committed run again from its inputs (node indexer/main.ts inputs): the hash of the inputs, the root
            over all scores; held against the chain with --rpc URL --deployment FILE [--run N, else the newest], and
            the inputs against what the chain says was bought. Without --input from the chain alone: what was bought up
            to the run's block, less the accounts in --left-out FILE (node indexer/main.ts inputs --left-out), by the
            days of --time-zone NAME (Europe/Berlin)
  check     checks a member's proof of a score, as it is saved from the member's page; its root with --rpc and
            --deployment

  --columns A,B,C   the names of the columns in FILE's heading, in the order given above
  --litt COLUMN     the sum of the logarithms of the gaps between purchases; tells cnbd how regular gaps are (k)
  --json            prints JSON lines as above; without it a table
  --help            this page

x       repeat purchase days: days with a purchase, less the first      t_x   age at the last of them, 0 if none
T       age at the end: both since the first purchase, in any unit      zbar  mean spend of the repeat purchases
FILE is CSV with a heading. Parameters are in its unit of time; nothing is converted. backtest reads member,date,amount
(an amount below 0 is a refund) or the fixed-width CDNOW file, and counts in days.

npm prints two lines of its own above; npm run --silent score -- ... leaves them out. Rows are numbered from 1, below
the heading. A file with bad rows is refused whole, each named with a code. fit and backtest print the same bytes for
the same rows in any order. Ends with 0 when all of it is true: a fit that did not converge prints its status, and ends
with 1, as does a run or a proof that does not hold.`

async function main(): Promise<number> {
  const asked = askedBy(process.argv.slice(2))
  if (asked.help) {
    console.log(usage)
    return 0
  }
  if (asked.more.length > 0) throw new Complaint(`"${asked.more[0]}" was not expected. See npm run score -- --help.`)
  return await answer(asked)
}

async function answer(asked: Asked): Promise<number> {
  switch (asked.what) {
    case 'fit': {
      const line = fitFile(asked)
      printFit(line, asked)
      return line.status === 'converged' ? 0 : 1
    }
    case 'predict':
      await printRows(predictFile(asked), asked)
      return 0
    case 'value':
      await printRows(valueFile(asked), asked)
      return 0
    case 'backtest': {
      const report = backtestFile(asked)
      printBacktest(report, asked)
      return report.chosen === null ? 1 : 0
    }
    case 'replay': {
      // What speaks to a chain takes long to load, and the others need none.
      const { replayFile } = await import('./score/replay.ts')
      const report = await replayFile(asked)
      printReplay(report, asked)
      return report.checks.every(({ holds }) => holds) ? 0 : 1
    }
    case 'check': {
      const { checkProofFile } = await import('./score/check-proof.ts')
      const report = await checkProofFile(asked)
      printProof(report, asked)
      return report.checks.every(({ holds }) => holds) ? 0 : 1
    }
    default: {
      const came = asked.what ?? 'nothing'
      throw new Complaint(`${came} was asked for; expected fit, predict, value, backtest, replay or check. See --help.`)
    }
  }
}

if (import.meta.main) runToItsEnd(main)
