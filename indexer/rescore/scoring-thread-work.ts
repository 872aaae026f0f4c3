import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Rescorer } from './rescorer.ts'
import type { Answered, ScoringSettings, Told } from './scoring-thread.ts'

// What `ScoringThread` starts: a rescorer that does as it is told, one thing after the other.

const port = parentPort as MessagePort
const { url, timeZone } = workerData as ScoringSettings
let epoch: bigint | undefined
const rescorer = new Rescorer({ url, timeZone, epoch: () => epoch })
let last: Promise<void> = Promise.resolve()

port.on('message', (told: Told) => {
  if (told.kind === 'touch') {
    if (told.shops === 'all') rescorer.touchAll()
    else rescorer.touch(told.shops)
    return
  }
  last = last.then(() => (told.kind === 'run' ? run(told.number, told.epoch) : close()))
})

async function run(number: number, under: bigint | undefined): Promise<void> {
  epoch = under
  let answer: Answered
  try {
    answer = { number, report: await rescorer.run() }
  } catch (error) {
    answer = { number, failed: error instanceof Error ? error.message : String(error) }
  }
  port.postMessage(answer)
}

async function close(): Promise<void> {
  await rescorer.close()
  port.close()
}
