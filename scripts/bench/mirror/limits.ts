import { z } from 'zod'
import { runProgram } from '../../proof/program.ts'
import type { Bench } from './measure.ts'
import { withDatabase } from './measure.ts'

export const limitNames = ['fetch logs', 'fetch receipts', 'copy'] as const
export type LimitName = (typeof limitNames)[number]

const took = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMegabytes: z.number(),
  megabytes: z.number(),
})

/** What it took to do one thing alone. */
export type Limit = z.infer<typeof took> & { readonly limit: LimitName }

// About 4,000 events in a question, as an indexer asks.
const spans = { dense: 20, sparse: 500 } as const

export async function measureLimit(limit: LimitName, { chain, node, server }: Bench): Promise<Limit> {
  const what = limit.replace('fetch ', '')
  const asked = ['--rpc', node.url, '--to', String(chain.blocks), '--span', String(spans[chain.shape])]
  const run = async (more: readonly string[]): Promise<Limit> => {
    const file = 'scripts/bench/mirror/limit-program.ts'
    const { passed, output } = await runProgram({ file, args: ['--what', what, ...asked, ...more] })
    if (!passed) throw new Error(`${limit} alone could not be measured:\n${output.trim().slice(-2_000)}`)
    return { limit, ...took.parse(JSON.parse(output)) }
  }
  if (limit !== 'copy') return await run([])
  return await withDatabase(server, (urls) => run(['--database', urls.owner]))
}
