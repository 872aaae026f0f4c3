import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { reasonOf } from './audit/checks.ts'
import { type CheckResult, unableTo } from './audit/findings.ts'
import { atOneMoment, MirrorEmpty } from './audit/mirror.ts'
import { canBePutBack, judgeRebuilt, openScratch, type Scratch } from './audit/rebuilt.ts'
import type { IndexerConfig } from './config.ts'

export interface RebuildOptions {
  readonly config: IndexerConfig
  /** The database beside the mirror, signed in as the indexer. */
  readonly scratchUrl: string
  readonly signal: AbortSignal
  /** What is going on, for people. */
  readonly tell: (line: string) => void
  /** Beside a street that is open, others go first. */
  readonly priority: 'usual' | 'lowest'
}

/** The indexer that fills the scratch database ended before it was done. */
class RebuildFailed extends Error {
  override readonly name = 'RebuildFailed'
}

/** Fills the ledger from nothing beside the mirror, by another process of the indexer, and compares the two. */
export async function checkRebuild(options: RebuildOptions): Promise<CheckResult> {
  const began = new Date()
  try {
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: options.signal })
    const waiting = () => options.tell('another rebuild is at work; waiting for it')
    const scratch = await openScratch(options.scratchUrl, waiting, pause)
    try {
      const first = await rebuildOnce(options, scratch, began)
      if (first.verdict !== 'differs') return first
      // A fork between the rebuild and the look would be no fault of the mirror: what differs is looked at twice.
      options.tell('the books differ; rebuilding once more to be certain')
      return await rebuildOnce(options, scratch, began)
    } finally {
      await scratch.close()
    }
  } catch (error) {
    if (error instanceof RebuildFailed) return unableTo('rebuild', began, error.message)
    return unableTo('rebuild', began, reasonOf(error))
  }
}

async function rebuildOnce(options: RebuildOptions, scratch: Scratch, began: Date): Promise<CheckResult> {
  const { databaseUrl, network } = options.config
  const soFar = await atOneMoment(databaseUrl, async ({ finalBlock }) => finalBlock)
  if (soFar < network.startBlock) throw new MirrorEmpty('no block is final yet')
  options.tell(`rebuilding up to block ${soFar}`)
  await fill(options, 'rebuild', soFar)
  return await atOneMoment(databaseUrl, async (mirror) => {
    const block = mirror.finalBlock
    if (!(await canBePutBack(mirror, block))) {
      throw new MirrorEmpty(`the mirror does not know any more how it stood at its final block ${block}`)
    }
    // What became final meanwhile, so that nothing but final blocks is between the two books.
    await fill(options, 'follow', block)
    options.tell(`comparing every table at block ${block}`)
    return await judgeRebuilt(mirror, scratch, { block, began })
  })
}

/** Runs the indexer on the scratch database until it stands at `block`. */
async function fill(
  { config, scratchUrl, signal, tell, priority }: RebuildOptions,
  command: 'rebuild' | 'follow',
  block: number,
): Promise<void> {
  const program = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, [program, command, '--until', String(block), '--ledger-only'], {
    env: {
      INDEXER_DATABASE_URL: scratchUrl,
      RPC_URL: config.rpcUrl,
      DEPLOYMENT_FILE: config.deploymentFile,
      CONFIRMATIONS: String(config.network.confirmations),
      LOG_LEVEL: 'info',
    } as unknown as NodeJS.ProcessEnv,
    // The fourth is the channel by which it knows that we are still there.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    signal,
  })
  if (priority === 'lowest' && child.pid !== undefined) setPriority(child.pid, 19)
  const [stdout, stderr] = [child.stdout as Readable, child.stderr as Readable]
  let complaint = ''
  stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-2_000)
  })
  createInterface({ input: stdout }).on('line', (line) => {
    const reached = /"block":(\d+).*"msg":"catching up"/.exec(line)?.[1]
    if (reached !== undefined) tell(`rebuilt up to block ${reached} of ${block}`)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  const said = complaint.trim().split('\n')[0] ?? ''
  throw new RebuildFailed(`the books could not be rebuilt: ${said === '' ? `the indexer ended with ${code}` : said}`)
}
