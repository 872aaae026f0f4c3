import type pg from 'pg'
import type { Hex } from 'viem'
import type { BlockName } from '#indexer/chain/next-step.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import { KnownAccounts } from './known-accounts.ts'
import { PointTokens } from './point-tokens.ts'
import { select } from './rows-in-sql.ts'

/** How far the ledger has come, and what it knows there. */
export interface Standing {
  readonly checkpoint: Checkpoint | undefined
  readonly tokens: PointTokens
  readonly accounts: KnownAccounts
}

export async function readStanding(client: pg.Client): Promise<Standing> {
  const checkpoint = await readCheckpoint(client)
  const rows = await select<{ address: Hex; shop: number }>(
    client,
    'SELECT address, shop FROM ledger.points_token ORDER BY shop',
  )
  const accounts = await select<{ account: Hex }>(client, 'SELECT account FROM ledger.account')
  return {
    checkpoint,
    tokens: new PointTokens(rows.map((row) => [row.address, row.shop])),
    accounts: new KnownAccounts(accounts.map(({ account }) => account)),
  }
}

export const nameOf = (checkpoint: Checkpoint): BlockName => ({ number: checkpoint.block, hash: checkpoint.hash })
