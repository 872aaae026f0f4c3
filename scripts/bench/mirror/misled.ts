import { connect } from '#indexer/db/connection.ts'
import type { Arm, ArmName } from './arms.ts'
import { startBetween } from './between.ts'
import { stopped } from './chain.ts'
import { launched, untilMirrored } from './launched.ts'
import { type Bench, withDatabase } from './measure.ts'
import { oneTransferMissing } from './meddlers.ts'
import { differences } from './truth.ts'

/** What an indexer made of a node that leaves one transfer out of each answer that speaks of several (M5, M8). */
export interface Misled {
  readonly arm: ArmName
  /** Whether readers saw the chain's newest block within the patience. */
  readonly reached: boolean
  /** What it wrote down, and what the chain has. */
  readonly transfers: number
  readonly of: number
  /** How much was wrong in what it wrote down, balances above all; where it stopped early, what is missing, too. */
  readonly differing: number
  /** Whether it said a word about a lie. */
  readonly warned: boolean
}

const patienceMs = 12_000

export async function misled(arm: Arm, bench: Bench): Promise<Misled> {
  return await withDatabase(bench.server, async (urls) => {
    const { chain, truth, signal, tell } = bench
    const between = await startBetween(bench.node.url, oneTransferMissing)
    const node = { ...bench.node, url: between.url }
    const launch = await arm.launch({ chain, node, urls, tell })
    const client = await connect(urls.owner, 'DATABASE_URL')
    const program = launched(launch)
    try {
      const waiting = { arm, program, client, node, block: chain.blocks, signal, tell, patienceMs }
      const reached = await untilMirrored(waiting)
      const { rows } = await client.query<{ count: number }>(arm.books.transfers)
      const differing = (await differences(client, arm.books, truth)).length
      const warned = /\blie[sd]\b/.test(program.lastWords())
      return { arm: arm.name, reached, transfers: rows[0]?.count ?? 0, of: truth.transfers, differing, warned }
    } finally {
      await stopped(program.child)
      await client.end()
      await launch.close?.()
      await between.close()
      if (!signal.aborted) await bench.node.rewind()
    }
  })
}
