import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { Complaint } from '../street/complaint.ts'
import { address } from '../street/deployment.ts'
import { type Asked, pathOf, required } from './asked.ts'

/** All that a check needs of a deployment file; an auditor may write one by hand. */
const shape = z.object({
  startBlock: z.coerce.number().int().nonnegative(),
  contracts: z.object({ issuance: address, scoreLog: address }),
})
export type ScoredNetwork = z.output<typeof shape>

export function networkOf(asked: Asked): ScoredNetwork {
  const path = pathOf(required('deployment', asked.deployment))
  if (!existsSync(path)) throw new Complaint(`There is no deployment file at ${path}.`)
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new Complaint(`${path} names no startBlock, contracts.issuance and contracts.scoreLog.`)
  }
}
