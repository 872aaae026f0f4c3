#!/usr/bin/env node
// One nightly fit, from purchases in `ledger` to written scores and the wish to commit them, by the indexer's own
// scoring thread, in a process of its own: `ledger-once.ts URL`. Prints what it took as one line of JSON.
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'

export interface LedgerScored {
  readonly seconds: number
  /** Of this process; the database's own is not in it. */
  readonly cpuSeconds: number
  readonly peakMb: number
  readonly shops: number
  readonly scores: number
}

/** What the thread answers to a run (indexer/rescore/scoring-thread.ts). */
interface Answered {
  readonly report?: { readonly kind: string; readonly shops: number; readonly members: number }
  readonly failed?: string
}

const thread = '../../../indexer/rescore/scoring-thread-work.ts'

async function main(url: string): Promise<LedgerScored> {
  const worker = new Worker(new URL(thread, import.meta.url), { workerData: { url, timeZone: 'UTC' } })
  const answer = new Promise<Answered>((done, fail) => {
    worker.once('message', done)
    worker.once('error', fail)
  })
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  worker.postMessage({ kind: 'run', number: 1, epoch: 1n })
  const { report, failed } = await answer
  const [ended, used] = [performance.now(), process.cpuUsage(cpu)]
  if (report?.kind !== 'fit') throw new Error(failed ?? 'nothing was fitted')
  worker.postMessage({ kind: 'close' })
  return {
    seconds: (ended - began) / 1_000,
    cpuSeconds: (used.user + used.system) / 1e6,
    peakMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
    shops: report.shops,
    scores: report.members,
  }
}

const [, , url] = process.argv
if (url !== undefined && import.meta.main) {
  // As in the indexer, whose thread it is.
  setFlagsFromString('--heap-growing-percent=100')
  console.log(JSON.stringify(await main(url)))
}
