import 'server-only'
import { sumOfLanes } from '#web/queries/ageing.ts'
import { availableOf } from '#web/queries/available.ts'
import { checkpoint, nowOf } from '#web/queries/checkpoint.ts'
import { type Ask, ask } from '#web/queries/database.ts'
import type { Hex } from './wire.ts'

export interface MemberBalance {
  /** Live points of all issuers, in hundredths. */
  readonly balance: bigint
  /** What of it no open payment or transfer has spoken for. */
  readonly spendable: bigint
}

/** One balance over all issuers, as the mirror has it. */
export async function memberBalance(member: Hex): Promise<MemberBalance> {
  return (await balancesOf([member], ask)).get(member) ?? { balance: 0n, spendable: 0n }
}

/** The same for several members. */
export async function balancesOf(members: readonly Hex[], over: Ask): Promise<ReadonlyMap<Hex, MemberBalance>> {
  if (members.length === 0) return new Map()
  // Balances and holds come in one statement; the checkpoint tells only which second it is.
  const at = nowOf(await checkpoint(over))
  const all = await availableOf(
    members.map((member) => ({ member, at })),
    over,
  )
  return new Map(
    members.map((member, place) => {
      const holdings = all[place] ?? []
      const balance = holdings.reduce((sum, holding) => sum + sumOfLanes(holding.live), 0n)
      return [member, { balance, spendable: holdings.reduce((sum, holding) => sum + holding.freePoints, 0n) }]
    }),
  )
}
