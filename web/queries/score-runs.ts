import 'server-only'
import { ask, type Question } from './database.ts'
import { type IntentState, type IntentStateRow, intentStateOf, mirroredBlockSql } from './intent-state.ts'

/** A fit of the whole street, as it was fixed before anything was done by it (N-20). */
export interface ScoreRun {
  readonly finishedAt: Date
  readonly model: string
  readonly block: bigint
  readonly members: number
  readonly inputsHash: string
  readonly root: string
  /** How far the commitment has come; null where it was never asked for. */
  readonly commitment: IntentState | null
}

const newest: Question = {
  name: 'score-runs',
  text: `SELECT r.finished_at, r.model, r.block, r.members, encode(r.inputs_hash, 'hex') AS inputs_hash,
      encode(r.root, 'hex') AS root, i.state, i.refused, ${mirroredBlockSql('i')} AS mirrored,
      (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger') AS final_block, NULL AS waits_for
    FROM judged.run r LEFT JOIN portal.intent i ON i.shop = 0 AND i.key = 'score:' || r.id
    WHERE r.shop = 0 AND r.kind = 'fit' AND r.root IS NOT NULL ORDER BY r.finished_at DESC LIMIT $1`,
}

interface Row extends Omit<IntentStateRow, 'state'> {
  finished_at: Date
  model: string
  block: bigint
  members: number
  inputs_hash: string
  root: string
  state: string | null
}

/** The newest runs first. */
export async function scoreRuns(most: number): Promise<ScoreRun[]> {
  return (await ask<Row>(newest, [most])).map((row) => ({
    finishedAt: row.finished_at,
    model: row.model,
    block: row.block,
    members: row.members,
    inputsHash: `0x${row.inputs_hash}`,
    root: `0x${row.root}`,
    commitment: row.state === null ? null : intentStateOf({ ...row, state: row.state }),
  }))
}
