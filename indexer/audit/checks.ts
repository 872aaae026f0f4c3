import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { DatabaseUnusable } from '#indexer/db/connection.ts'
import { BlockGone } from './asking.ts'
import { type CheckName, type CheckResult, unableTo } from './findings.ts'
import { atOneMoment, MirrorEmpty } from './mirror.ts'
import { auditedNode, NodeSilent } from './node.ts'
import { drawSamples } from './sampled-rows.ts'
import { judgeSamples } from './samples.ts'
import { addUp, judgeSums, parOf } from './sums.ts'

/** The mirror that is checked, and the chain it is checked against. */
export interface Audited {
  readonly databaseUrl: string
  readonly rpcUrl: string
  readonly startBlock: number
  readonly contracts: { readonly consortium: Hex; readonly clearingHouse: Hex }
}

const tries = 6
const pauseMs = 500

/** The sum rules and the samples, both of one moment of the mirror and at that moment's block. */
export async function quickChecks(
  audited: Audited,
  wanted: { readonly seed: string; readonly samples: number },
): Promise<readonly CheckResult[]> {
  const began = new Date()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await checkOnce(audited, wanted, began)
    } catch (error) {
      // The chain went on, or back, between two looks; the next moment is as good.
      if (error instanceof BlockGone && attempt < tries) await sleep(pauseMs)
      else return both.map((name) => unableTo(name, began, reasonOf(error)))
    }
  }
}

const both: readonly CheckName[] = ['sums', 'samples']

async function checkOnce(
  { databaseUrl, rpcUrl, startBlock, contracts }: Audited,
  { seed, samples }: { readonly seed: string; readonly samples: number },
  began: Date,
): Promise<readonly CheckResult[]> {
  const node = auditedNode(rpcUrl)
  const par = await parOf(node, contracts.consortium)
  const { sums, sampled } = await atOneMoment(databaseUrl, async (mirror) => {
    return { sums: await addUp(mirror, par), sampled: await drawSamples(mirror, seed, samples) }
  })
  const { block } = sums
  return [
    await judgeSums({ node, contracts, startBlock, began }, sums),
    await judgeSamples({ node, clearingHouse: contracts.clearingHouse, block, began, seed }, sampled),
  ]
}

/** Why nothing could be said, as a sentence; what is no outage but a bug is thrown on. */
export function reasonOf(error: unknown): string {
  const outage = [BlockGone, NodeSilent, MirrorEmpty, DatabaseUnusable].some((kind) => error instanceof kind)
  if (outage && error instanceof Error) return error.message
  throw error
}
