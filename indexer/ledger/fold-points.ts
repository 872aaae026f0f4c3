import type { Hex } from 'viem'
import type { EventNamed } from '#indexer/chain/logs.ts'
import { aged, type Lanes, minus, noPoints, oldestFirst, plus } from './lanes.ts'
import type { BalanceRow, LaneColumns, MovementRow, PointsTokenRow } from './rows.ts'
import type { Workspace } from './workspace.ts'

export type PointsEvent = EventNamed<'Transfer' | 'PointsLapsed' | 'QuarterBegan' | 'QuarterNoticed'>

/** A lapse whose Transfer to zero has not come yet: the contract says both, one behind the other. */
export interface PendingLapse {
  said?: { readonly token: Hex; readonly account: Hex; readonly points: bigint } | undefined
}

const nobody: Hex = `0x${'0'.repeat(40)}`

/**
 * Replays a point token: first the clock, then the account's word is aged and sheds what lapsed, then the oldest points
 * move first. Where the replay and the chain would differ, it stops: a wrong balance is worse than none.
 */
export function foldPointsEvent(event: PointsEvent, shop: number, work: Workspace, lapse: PendingLapse): void {
  switch (event.name) {
    case 'QuarterBegan':
      beginQuarter(event, shop, work)
      break
    case 'QuarterNoticed': {
      const { quarter, noticeAt, endsAt } = event.args
      const token = tokenOf(work, shop)
      if (token.quarter !== quarter)
        throw new Error(`shop ${shop} announced the end of quarter ${quarter}, not its own`)
      work.put('points_token', { ...token, notice_at: timeOf(noticeAt), ends_at: timeOf(endsAt) })
      break
    }
    case 'PointsLapsed': {
      const { account, points } = event.args
      const word = shed(work, shop, account)
      if (word.lapsed !== points) {
        throw new Error(`${points} points of ${account} at shop ${shop} lapsed, the replay says ${word.lapsed}`)
      }
      lapse.said = { token: event.address, account, points }
      putBalance(work, shop, account, word.lanes)
      break
    }
    case 'Transfer':
      transfer(event, shop, work, lapse)
  }
}

function beginQuarter(event: EventNamed<'QuarterBegan'>, shop: number, work: Workspace): void {
  const { quarter, startedAt } = event.args
  const token = work.get('points_token', { shop })
  const lanes = token === undefined ? noPoints : aged(lanesOf(token), quarter - token.stamp).lanes
  work.put('points_token', {
    shop,
    address: event.address,
    quarter,
    started_at: timeOf(startedAt),
    notice_at: null,
    ends_at: null,
    ...columnsOf(lanes, quarter),
  })
}

function transfer(event: EventNamed<'Transfer'>, shop: number, work: Workspace, lapse: PendingLapse): void {
  const { from, to, value } = event.args
  const said = lapse.said
  lapse.said = undefined
  if (said !== undefined) {
    if (said.token !== event.address || said.account !== from || to !== nobody || said.points !== value) {
      throw new Error(`points of ${said.account} lapsed without leaving it`)
    }
    move(event, shop, work, { member: from, kind: 'lapsed', points: -value, counterparty: null })
    return
  }
  const token = tokenOf(work, shop)
  const supply = lanesOf(token)
  if (from === nobody) {
    const issued: Lanes = [value, 0n, 0n, 0n, 0n]
    putBalance(work, shop, to, plus(current(work, shop, to), issued))
    work.put('points_token', { ...token, ...columnsOf(plus(supply, issued), token.quarter) })
    move(event, shop, work, { member: to, kind: 'issued', points: value, counterparty: null })
    return
  }
  const held = current(work, shop, from)
  const taken = oldestFirst(held, value)
  putBalance(work, shop, from, minus(held, taken))
  if (to === nobody) {
    work.put('points_token', { ...token, ...columnsOf(minus(supply, taken), token.quarter) })
    move(event, shop, work, { member: from, kind: 'paid', points: -value, counterparty: null })
    return
  }
  // Read after the sender's word was written: a member who sends to himself gets the very lanes back.
  putBalance(work, shop, to, plus(current(work, shop, to), taken))
  if (from === to) return
  move(event, shop, work, { member: from, kind: 'sent', points: -value, counterparty: to })
  move(event, shop, work, { member: to, kind: 'received', points: value, counterparty: from })
}

function tokenOf(work: Workspace, shop: number): PointsTokenRow {
  const token = work.get('points_token', { shop })
  if (token === undefined) throw new Error(`points of shop ${shop} moved before its first quarter began`)
  return token
}

/** The account's lanes in the running quarter, and what lapsed since its last touch. */
function shed(work: Workspace, shop: number, member: Hex): { readonly lanes: Lanes; readonly lapsed: bigint } {
  const row = work.get('balance', { member, shop })
  if (row === undefined) return { lanes: noPoints, lapsed: 0n }
  return aged(lanesOf(row), tokenOf(work, shop).quarter - row.stamp)
}

function current(work: Workspace, shop: number, member: Hex): Lanes {
  const { lanes, lapsed } = shed(work, shop, member)
  if (lapsed !== 0n) throw new Error(`points of ${member} at shop ${shop} moved before ${lapsed} of them lapsed`)
  return lanes
}

function putBalance(work: Workspace, shop: number, member: Hex, lanes: Lanes): void {
  const row: BalanceRow = { member, shop, ...columnsOf(lanes, tokenOf(work, shop).quarter) }
  work.put('balance', row)
}

type Moved = Pick<MovementRow, 'member' | 'kind' | 'points' | 'counterparty'>

/** Writes a line of the member's statement; nothing moved is no line. */
function move(event: EventNamed<'Transfer'>, shop: number, work: Workspace, moved: Moved): void {
  if (moved.points === 0n) return
  work.grown.movement.push({ ...moved, shop, block_number: event.blockNumber, log_index: event.logIndex })
}

function lanesOf(row: LaneColumns): Lanes {
  return [row.lane0, row.lane1, row.lane2, row.lane3, row.lane4]
}

function columnsOf(lanes: Lanes, stamp: number): LaneColumns {
  return { stamp, lane0: lanes[0], lane1: lanes[1], lane2: lanes[2], lane3: lanes[3], lane4: lanes[4] }
}

const timeOf = (seconds: number): Date => new Date(seconds * 1000)
