import 'server-only'
import { clockAt, lapsesOf } from './ageing.ts'
import { availablePoints, type Holding, pendingAtOthers } from './available.ts'
import { atOneMoment } from './database.ts'
import type { Address } from './network.ts'
import { linesInOrder, mostPayable, type Source } from './published-order.ts'
import { type Standing, type Standings, standings } from './standings.ts'

/** One issuer's part of a payment, as the member is asked to sign it. */
export interface ProposedLine {
  readonly shop: number
  readonly name: string
  readonly hue: number
  readonly token: Address
  readonly points: bigint
}

export type PaymentProposal =
  /** Ascending by token, as the terms must list them. */
  | { readonly lines: readonly ProposedLine[]; readonly points: bigint }
  | {
      readonly refused: 'balance'
      /** What the member could pay here. */
      readonly available: bigint
      /** Free points that spend at their issuer only, since its reserve carries no more elsewhere. */
      readonly onlyAtIssuer: bigint
    }

/** Terms last a day, and what is promised must still be live when they end (N-27). */
const termsLastSeconds = 86_400

/**
 * Which points pay here, by the published order (N-12): live points minus what open payments have spoken for.
 */
export async function paymentProposal(member: Address, shop: number, points: bigint): Promise<PaymentProposal> {
  return await atOneMoment(async (ask) => {
    const street = await standings(ask)
    const holdings = await availablePoints(member, { at: street.now + termsLastSeconds, ask })
    const pending = await pendingAtOthers(ask)
    const sources = holdings.flatMap((holding) => {
      const issuer = street.shops.get(holding.issuer)
      return issuer ? [sourceOf(holding, { issuer, shop, street, pending: pending.get(holding.issuer) ?? 0n })] : []
    })
    const chosen = points > 0n ? linesInOrder(sources, { shop, points }) : []
    if (chosen === null) {
      const open = holdings.filter(({ issuer }) => street.shops.get(issuer)?.status !== 'Defaulted')
      const free = open.reduce((sum, holding) => sum + holding.freePoints, 0n)
      const spendable = sources.reduce((sum, { lots, most }) => sum + least(sumOf(lots), most), 0n)
      return { refused: 'balance', available: mostPayable(sources), onlyAtIssuer: free - spendable }
    }
    return { lines: chosen.map((line) => named(line, street)), points }
  })
}

function sourceOf(
  holding: Holding,
  payment: {
    readonly issuer: Standing
    readonly shop: number
    readonly street: Standings
    readonly pending: bigint
  },
): Source {
  const { issuer, shop, street, pending } = payment
  const at = street.now + termsLastSeconds
  const clock = issuer.clock && clockAt(issuer.clock, at)
  const lots = clock ? lapsesOf(holding.free, { clock, now: at, quarterLength: street.quarterLength }) : []
  const elsewhere = issuer.redeemableElsewhere > pending ? issuer.redeemableElsewhere - pending : 0n
  return {
    issuer: issuer.shop,
    token: holding.token,
    lots,
    // Points of a defaulted shop spend at their price only, to which a member agrees apart from this.
    most: issuer.status === 'Defaulted' ? 0n : issuer.shop === shop ? holding.freePoints : elsewhere,
    backing: issuer.backing,
  }
}

function named(
  line: { readonly issuer: number; readonly token: Address; readonly points: bigint },
  street: Standings,
): ProposedLine {
  const sign = street.shops.get(line.issuer)?.sign
  return {
    shop: line.issuer,
    name: sign?.name ?? `Shop ${line.issuer}`,
    hue: sign?.hue ?? 0,
    token: line.token,
    points: line.points,
  }
}

const sumOf = (lots: Source['lots']): bigint => lots.reduce((sum, lot) => sum + lot.points, 0n)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
