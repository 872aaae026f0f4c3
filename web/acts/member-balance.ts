import 'server-only'
import { sumOfLanes } from '#web/queries/ageing.ts'
import { availablePoints } from '#web/queries/available.ts'
import { checkpoint, nowOf } from '#web/queries/checkpoint.ts'
import { ask } from '#web/queries/database.ts'
import type { Hex } from './wire.ts'

export interface MemberBalance {
  /** Live points of all issuers, in hundredths. */
  readonly balance: bigint
  /** What of it no open payment or transfer has spoken for. */
  readonly spendable: bigint
}

/** One balance over all issuers, as the mirror has it. */
export async function memberBalance(member: Hex): Promise<MemberBalance> {
  // Balances and holds come in one statement; the checkpoint tells only which second it is.
  const holdings = await availablePoints(member, { at: nowOf(await checkpoint(ask)), ask })
  return {
    balance: holdings.reduce((sum, holding) => sum + sumOfLanes(holding.live), 0n),
    spendable: holdings.reduce((sum, holding) => sum + holding.freePoints, 0n),
  }
}
