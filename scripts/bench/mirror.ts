import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import type { Progress } from '../street/progress.ts'
import type { Figure } from './figure.ts'
import { armNames, arms } from './mirror/arms.ts'
import { chainOf, type Shape, startNode } from './mirror/chain.ts'
import { type Limit, limitNames, measureLimit } from './mirror/limits.ts'
import { type Bench, type Measured, measure } from './mirror/measure.ts'
import type { ShapeMeasured } from './mirror/middle.ts'
import { type Misled, misled } from './mirror/misled.ts'
import { figuresOf, misledFigures, printMisled, printShape, printTargets } from './mirror/report.ts'
import { truthOf } from './mirror/truth.ts'

export interface MirrorAsked {
  readonly events: number
  readonly shapes: readonly Shape[]
  readonly runs: number
  /** Of the sparse chain, on which each run takes several times as long. */
  readonly sparseRuns: number
  readonly tipBlocks: number
  readonly signal: AbortSignal
}

/** Measures and prints; throws where an indexer ended with other balances than the chain's. */
export async function mirrorFigures(asked: MirrorAsked, progress: Progress): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'highstreet-bench-'))
  const home = join(directory, 'server')
  const all: ShapeMeasured[] = []
  let misledAll: readonly Misled[] = []
  let server: EmbeddedPostgres | undefined
  try {
    const opened = await progress.during('the database', () => startEmbedded({ directory: home, database: 'postgres' }))
    server = opened
    for (const shape of asked.shapes) all.push(await measureShape(shape, asked, opened, progress))
    misledAll = await misleadAll(asked, opened, progress)
  } finally {
    await server?.stop()
    await removeEmbedded(home)
    rmSync(directory, { recursive: true, force: true })
  }
  for (const one of all) printShape(one)
  printMisled(misledAll)
  printTargets(all)
  requireIdentical(all)
  requireStopped(misledAll)
  return [...all.flatMap(figuresOf), ...misledFigures(misledAll)]
}

const misledEvents = 2_000

/** Once, on a short chain: how far each is misled does not depend on how long the chain is. */
async function misleadAll(
  { tipBlocks, signal }: MirrorAsked,
  server: EmbeddedPostgres,
  progress: Progress,
): Promise<readonly Misled[]> {
  const chain = await progress.during('a short chain', (tell) => chainOf('dense', misledEvents, tell))
  const node = await progress.during('its node', () => startNode(chain, signal))
  const found: Misled[] = []
  try {
    const truth = await truthOf(node.rpc, chain, () => undefined)
    for (const arm of armNames) {
      const one = await progress.during(`a log missing in each answer: ${arm}`, (tell) =>
        misled(arms[arm], { chain, node, server, truth, tipBlocks, signal, tell }),
      )
      found.push(one)
    }
    return found
  } finally {
    await node.stop()
  }
}

/** Ours, where it proves what it writes, must not have written any of it down. */
function requireStopped(all: readonly Misled[]): void {
  const proven = all.find(({ arm }) => arm === 'ours, proven')
  if (proven === undefined || (!proven.reached && proven.warned)) return
  throw new Error('ours, proven, wrote down what a lying node said, or stopped without a word')
}

async function measureShape(
  shape: Shape,
  { events, runs: denseRuns, sparseRuns, tipBlocks, signal }: MirrorAsked,
  server: EmbeddedPostgres,
  progress: Progress,
): Promise<ShapeMeasured> {
  const chain = await progress.during(`${shape}: the chain`, (tell) => chainOf(shape, events, tell))
  const node = await progress.during(`${shape}: the node`, () => startNode(chain, signal))
  try {
    const truth = await progress.during(`${shape}: what the chain says`, (tell) => truthOf(node.rpc, chain, tell))
    const measured: Measured[] = []
    const limits: Limit[] = []
    const runs = shape === 'sparse' ? sparseRuns : denseRuns
    for (let run = 0; run < runs; run += 1) {
      const name = (what: string): string => `${shape}, run ${run + 1} of ${runs}: ${what}`
      for (const arm of turned(armNames, run)) {
        const one = await progress.during(name(arm), (tell) => {
          const bench: Bench = { chain, node, server, truth, tipBlocks, signal, tell }
          return measure(arms[arm], bench)
        })
        measured.push(one)
        const rate = Math.round(truth.transfers / one.seconds).toLocaleString('en')
        const found = one.differences.length === 0 ? 'identical' : `${one.differences.length} differences`
        progress.say(`${name(arm)}: ${rate} events/s, balances ${found}`)
      }
      for (const limit of limitNames) {
        signal.throwIfAborted()
        limits.push(
          await progress.during(name(`${limit} alone`), (tell) => {
            return measureLimit(limit, { chain, node, server, truth, tipBlocks, signal, tell })
          }),
        )
      }
    }
    const { transfers } = truth
    return { shape, events: chain.events, transfers, blocks: chain.blocks, measured, limits }
  } finally {
    await node.stop()
  }
}

/** Each run begins with another, so that nobody is always first. */
function turned<One>(list: readonly One[], by: number): readonly One[] {
  const first = by % list.length
  return [...list.slice(first), ...list.slice(0, first)]
}

function requireIdentical(all: readonly ShapeMeasured[]): void {
  const wrong = all.flatMap(({ shape, measured }) =>
    measured
      .filter((one) => one.differences.length > 0)
      .map(({ arm, differences }) => `${shape}, ${arm}:\n    ${differences.slice(0, 5).join('\n    ')}`),
  )
  if (wrong.length === 0) return
  throw new Error(`not all ended with the chain's balances\n  ${wrong.join('\n  ')}`)
}
