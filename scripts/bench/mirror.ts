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
import { figuresOf, printShape, printTargets, type ShapeMeasured } from './mirror/report.ts'
import { truthOf } from './mirror/truth.ts'

export interface MirrorAsked {
  readonly events: number
  readonly shapes: readonly Shape[]
  readonly runs: number
  readonly tipBlocks: number
  readonly signal: AbortSignal
}

/** Measures and prints; throws where an indexer ended with other balances than the chain's. */
export async function mirrorFigures(asked: MirrorAsked, progress: Progress): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'highstreet-bench-'))
  const home = join(directory, 'server')
  const all: ShapeMeasured[] = []
  let server: EmbeddedPostgres | undefined
  try {
    const opened = await progress.during('the database', () => startEmbedded({ directory: home, database: 'postgres' }))
    server = opened
    for (const shape of asked.shapes) all.push(await measureShape(shape, asked, opened, progress))
  } finally {
    await server?.stop()
    await removeEmbedded(home)
    rmSync(directory, { recursive: true, force: true })
  }
  for (const one of all) printShape(one)
  printTargets(all)
  requireIdentical(all)
  return all.flatMap(figuresOf)
}

async function measureShape(
  shape: Shape,
  { events, runs, tipBlocks, signal }: MirrorAsked,
  server: EmbeddedPostgres,
  progress: Progress,
): Promise<ShapeMeasured> {
  const chain = await progress.during(`${shape}: the chain`, (tell) => chainOf(shape, events, tell))
  const node = await progress.during(`${shape}: the node`, () => startNode(chain, signal))
  try {
    const truth = await progress.during(`${shape}: what the chain says`, (tell) => truthOf(node.rpc, chain, tell))
    const measured: Measured[] = []
    const limits: Limit[] = []
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
