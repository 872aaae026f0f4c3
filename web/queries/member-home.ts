import 'server-only'
import { type Lapse, lapsesOf, sumOfLanes } from './ageing.ts'
import { availablePoints, type Holding } from './available.ts'
import { type Ask, atOneMoment, bytesOf, dateOf, type Question } from './database.ts'
import { mirroredBlockSql } from './intent-state.ts'
import { type Address, network } from './network.ts'
import { valueDown } from './reserve-rules.ts'
import { type Standing, type Standings, standings } from './standings.ts'
import { type StatementLine, statement } from './statement.ts'

/** Points of one issuer as their holder sees them. */
export interface IssuerHolding {
  readonly shop: number
  readonly name: string
  readonly hue: number
  readonly token: Address
  readonly points: bigint
  /** What they are worth: par, or the price since the shop defaulted. */
  readonly money: bigint
  readonly defaulted: boolean
  readonly heldPoints: bigint
  readonly backing: number | null
  /**
   * The points that lapse first. `at` is null while no notice stands; then they live at least until `notBefore`. Points
   * of a shop that has defaulted never lapse.
   */
  readonly nextLapse: { readonly points: bigint; readonly at: Date | null; readonly notBefore: Date } | null
}

/** Points that grow old together. `at` is the day when certain, otherwise the earliest possible. */
export interface MemberLapse {
  readonly at: Date
  readonly certain: boolean
  readonly points: bigint
  readonly shop: number
  readonly shopName: string
}

/** What a member sees of themselves. */
export interface MemberHome {
  readonly member: Address
  /** The member's own name: consent concerns what others see. null when the portal knows no name. */
  readonly displayName: string | null
  readonly code: string | null
  /** Live points of all issuers, holds included. */
  readonly balancePoints: bigint
  readonly balanceMoney: bigint
  /** Points of purchases that the mirror does not show yet. */
  readonly pendingPoints: bigint
  /** Points that open payments and transfers have spoken for. */
  readonly heldPoints: bigint
  /** Largest first. */
  readonly issuers: readonly IssuerHolding[]
  /** Soonest first. */
  readonly lapses: readonly MemberLapse[]
  /** Newest first. */
  readonly statement: readonly StatementLine[]
}

interface PersonRow {
  display_name: string | null
  code: string | null
  pending_points: bigint
}

const person: Question = {
  name: 'member-home',
  text: `SELECT m.display_name, m.code, (
      SELECT coalesce(sum(i.points), 0) FROM portal.intent i
      WHERE i.member = $1 AND i.kind = 'purchase' AND i.state <> 'refused' AND ${mirroredBlockSql('i')} IS NULL
    ) AS pending_points
    FROM (SELECT) AS nobody LEFT JOIN portal.member_profile m ON m.member = $1`,
}

const statementLines = 60

export async function memberHome(member: Address): Promise<MemberHome> {
  return await atOneMoment(async (ask: Ask) => {
    const street = await standings(ask)
    const holdings = (await availablePoints(member, { at: street.now, ask })).filter(
      (holding) => sumOfLanes(holding.live) > 0n,
    )
    const [known] = await ask<PersonRow>(person, [bytesOf(member)])
    const balancePoints = holdings.reduce((sum, holding) => sum + sumOfLanes(holding.live), 0n)
    const seen = holdings.flatMap((holding) => {
      const issuer = street.shops.get(holding.issuer)
      return issuer ? [seenBy(holding, issuer, street)] : []
    })
    return {
      member,
      displayName: known?.display_name ?? null,
      code: known?.code ?? null,
      balancePoints,
      balanceMoney: seen.reduce((sum, { issuer }) => sum + issuer.money, 0n),
      pendingPoints: known?.pending_points ?? 0n,
      heldPoints: holdings.reduce((sum, holding) => sum + heldOf(holding), 0n),
      issuers: seen.map((one) => one.issuer).sort((a, b) => Number(b.points - a.points) || a.shop - b.shop),
      lapses: seen.flatMap((one) => one.lapses).sort((a, b) => a.at.getTime() - b.at.getTime() || a.shop - b.shop),
      statement: await statement(member, statementLines, ask),
    }
  })
}

function firstOf([first]: readonly Lapse[]): IssuerHolding['nextLapse'] {
  if (!first) return null
  return { points: first.points, at: first.certain ? dateOf(first.at) : null, notBefore: dateOf(first.at) }
}

/** A hold can outlast the points it speaks for; more than there is cannot be held. */
const heldOf = (holding: Holding): bigint => sumOfLanes(holding.live) - holding.freePoints

function seenBy(
  holding: Holding,
  shop: Standing,
  street: Standings,
): { readonly issuer: IssuerHolding; readonly lapses: MemberLapse[] } {
  const { clock } = shop
  if (!clock) throw new Error(`shop ${shop.shop} has points out but no clock`)
  const defaulted = shop.status === 'Defaulted'
  const when = { clock, now: street.now, quarterLength: street.quarterLength }
  const lapses = defaulted ? [] : lapsesOf(holding.live, when)
  const points = sumOfLanes(holding.live)
  return {
    issuer: {
      shop: shop.shop,
      name: shop.sign.name,
      hue: shop.sign.hue,
      token: holding.token,
      points,
      money: valueDown(points, { par: network().par, price: shop.price }),
      defaulted,
      heldPoints: heldOf(holding),
      backing: shop.backing,
      nextLapse: firstOf(lapses),
    },
    lapses: lapses.map(({ points, at, certain }) => ({
      at: dateOf(at),
      certain,
      points,
      shop: shop.shop,
      shopName: shop.sign.name,
    })),
  }
}
