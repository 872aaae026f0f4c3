import type { Hex } from 'viem'
import type { EventName, EventNamed, NetworkEvent } from '#indexer/chain/logs.ts'
import type { Announced, Announcement } from './announced.ts'
import type { MovementRow } from './journal-rows.ts'
import { aged, type Lanes, minus, noPoints, oldestFirst, plus, totalOf, unpacked } from './lanes.ts'
import type { BalanceRow, LaneColumns, PointsTokenRow } from './rows.ts'
import type { Workspace } from './workspace.ts'

const names = [
  'Transfer',
  'PointsLapsed',
  'PointsRestored',
  'PointsTakenBack',
  'DebtRecorded',
  'DebtPaid',
  'QuarterBegan',
  'QuarterNoticed',
  'ClockStoppedFor',
] as const satisfies readonly EventName[]

export type PointsEvent = EventNamed<(typeof names)[number]>

const pointsEvents: ReadonlySet<EventName> = new Set(names)

export const isPointsEvent = (event: NetworkEvent): event is PointsEvent => pointsEvents.has(event.name)

/** Whose words an event changes. */
export function accountsOf(event: PointsEvent): readonly Hex[] {
  if (event.name === 'Transfer') return [event.args.from, event.args.to]
  return 'account' in event.args ? [event.args.account] : []
}

const nobody: Hex = `0x${'0'.repeat(40)}`

/**
 * Replays a point token: first the clock, then the account's word is aged and sheds what lapsed, then the oldest points
 * move first, unless the token has said which. Where the replay and the chain would differ, it stops: a wrong balance
 * is worse than none.
 */
export function foldPointsEvent(event: PointsEvent, shop: number, work: Workspace, announced: Announced): void {
  switch (event.name) {
    case 'QuarterBegan':
    case 'QuarterNoticed':
    case 'ClockStoppedFor':
      turnClock(event, shop, work)
      break
    case 'DebtRecorded': {
      const { account, points } = event.args
      const lanes = current(work, shop, account)
      putBalance(work, shop, account, { lanes, debt: debtOf(work, shop, account) + points })
      break
    }
    case 'PointsLapsed':
    case 'PointsRestored':
    case 'PointsTakenBack':
    case 'DebtPaid':
      announced.say(announcementOf(event, tokenOf(work, shop)))
      break
    case 'Transfer':
      transfer(event, shop, work, announced)
  }
}

function turnClock(
  event: EventNamed<'QuarterBegan' | 'QuarterNoticed' | 'ClockStoppedFor'>,
  shop: number,
  work: Workspace,
): void {
  if (event.name === 'QuarterBegan') {
    beginQuarter(event, shop, work)
    return
  }
  const token = tokenOf(work, shop)
  if (token.quarter !== event.args.quarter) {
    throw new Error(`shop ${shop} spoke of the end of quarter ${event.args.quarter}, not of its own`)
  }
  if (event.name === 'ClockStoppedFor') {
    work.put('points_token', { ...token, notice_at: null, ends_at: null, stopped: true })
    return
  }
  const { noticeAt, endsAt } = event.args
  work.put('points_token', { ...token, notice_at: timeOf(noticeAt), ends_at: timeOf(endsAt) })
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
    stopped: false,
    ...columnsOf(lanes, quarter),
  })
}

function announcementOf(
  event: EventNamed<'PointsLapsed' | 'PointsRestored' | 'PointsTakenBack' | 'DebtPaid'>,
  token: PointsTokenRow,
): Announcement {
  const whose = { token: event.address, account: event.args.account }
  if (event.name === 'PointsLapsed') return { ...whose, what: 'lapsed', points: event.args.points }
  if (event.name === 'DebtPaid') return { ...whose, what: 'debtPaid', points: event.args.points }
  const { lanes, stamp } = unpacked(event.args.lanes)
  if (stamp !== token.quarter) {
    throw new Error(`shop ${token.shop} moved lanes of quarter ${stamp} in quarter ${token.quarter}`)
  }
  if (event.name === 'PointsTakenBack') return { ...whose, what: 'takenBack', lanes }
  return { ...whose, what: 'restored', lanes, packed: event.args.lanes }
}

type Transfer = EventNamed<'Transfer'>

function transfer(event: Transfer, shop: number, work: Workspace, announced: Announced): void {
  const said = announced.completedBy(event.address)
  if (said !== undefined) {
    requireSame(event, said)
    if (said.what === 'lapsed') lapse(event, shop, work)
    else if (said.what === 'takenBack') burn(event, shop, work, { taken: said.lanes, kind: 'takenBack' })
    else if (said.what === 'debtPaid') issue(event, shop, work, said.points)
    else {
      restore(event, shop, work, said.lanes)
      const { account, packed } = said
      const { transactionHash: transaction, address: token } = event
      announced.cameBack({ transaction, token, account, points: event.args.value, packed })
    }
    return
  }
  const { from, to, value } = event.args
  if (from === nobody) issue(event, shop, work, 0n)
  else if (to === nobody) {
    burn(event, shop, work, { taken: oldestFirst(current(work, shop, from), value), kind: 'paid' })
  } else send(event, shop, work)
}

/** The Transfer must move what was announced, from or to that very account. */
function requireSame({ args: { from, to, value } }: Transfer, said: Announcement): void {
  const grows = said.what === 'restored' || said.what === 'debtPaid'
  const account = grows ? to : from
  const points = 'lanes' in said ? totalOf(said.lanes) : said.what === 'debtPaid' ? value : said.points
  if (account !== said.account || (grows ? from : to) !== nobody || points !== value) {
    throw new Error(`points of ${said.account} ${said.what} in another way than announced`)
  }
}

function lapse(event: Transfer, shop: number, work: Workspace): void {
  const { from: member, value } = event.args
  const { lanes, lapsed } = shed(work, shop, member)
  if (lapsed !== value) {
    throw new Error(`${value} points of ${member} at shop ${shop} lapsed, the replay says ${lapsed}`)
  }
  putBalance(work, shop, member, { lanes })
  move(event, shop, work, { member, kind: 'lapsed', points: -value, counterparty: null })
}

/** Points newly issued arrive in the youngest lane, less what paid off a debt. Nearly every event is one of these. */
function issue(event: Transfer, shop: number, work: Workspace, paid: bigint): void {
  const { to: member, value } = event.args
  const { quarter } = tokenOf(work, shop)
  const row = work.change('balance', { member, shop })
  const debt = row?.debt ?? 0n
  if (paid > debt) throw new Error(`${member} paid ${paid} points of a debt of ${debt} at shop ${shop}`)
  if (row !== undefined && row.stamp === quarter) {
    row.lane0 += value
    if (paid > 0n) row.debt -= paid
  } else {
    const issued: Lanes = [value, 0n, 0n, 0n, 0n]
    putBalance(work, shop, member, { lanes: plus(current(work, shop, member), issued), debt: debt - paid })
  }
  const token = work.change('points_token', { shop })
  if (token !== undefined && token.stamp === quarter) token.lane0 += value
  else changeSupply(work, shop, [value, 0n, 0n, 0n, 0n])
  move(event, shop, work, { member, kind: 'issued', points: value + paid, counterparty: null })
  // The token said DebtPaid just before, so that place in the block is free.
  if (paid === 0n) return
  const before = { ...event, logIndex: event.logIndex - 1 }
  move(before, shop, work, { member, kind: 'debtPaid', points: -paid, counterparty: null })
}

function restore(event: Transfer, shop: number, work: Workspace, lanes: Lanes): void {
  const { to: member, value } = event.args
  putBalance(work, shop, member, { lanes: plus(current(work, shop, member), lanes) })
  changeSupply(work, shop, lanes)
  move(event, shop, work, { member, kind: 'restored', points: value, counterparty: null })
}

function burn(
  event: Transfer,
  shop: number,
  work: Workspace,
  { taken, kind }: { readonly taken: Lanes; readonly kind: 'paid' | 'takenBack' },
): void {
  const { from: member, value } = event.args
  putBalance(work, shop, member, { lanes: minus(current(work, shop, member), taken) })
  changeSupply(work, shop, minus(noPoints, taken))
  move(event, shop, work, { member, kind, points: -value, counterparty: null })
}

function send(event: Transfer, shop: number, work: Workspace): void {
  const { from, to, value } = event.args
  const held = current(work, shop, from)
  const taken = oldestFirst(held, value)
  putBalance(work, shop, from, { lanes: minus(held, taken) })
  // Read after the sender's word was written: a member who sends to himself gets the very lanes back.
  putBalance(work, shop, to, { lanes: plus(current(work, shop, to), taken) })
  if (from === to) return
  move(event, shop, work, { member: from, kind: 'sent', points: -value, counterparty: to })
  move(event, shop, work, { member: to, kind: 'received', points: value, counterparty: from })
}

function tokenOf(work: Workspace, shop: number): PointsTokenRow {
  const token = work.get('points_token', { shop })
  if (token === undefined) throw new Error(`points of shop ${shop} moved before its first quarter began`)
  return token
}

function changeSupply(work: Workspace, shop: number, change: Lanes): void {
  const token = tokenOf(work, shop)
  work.put('points_token', { ...token, ...columnsOf(plus(lanesOf(token), change), token.quarter) })
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

const debtOf = (work: Workspace, shop: number, member: Hex): bigint => work.get('balance', { member, shop })?.debt ?? 0n

/** Writes a word of lanes under the running quarter's stamp; the debt stays where none is given. */
function putBalance(
  work: Workspace,
  shop: number,
  member: Hex,
  word: { readonly lanes: Lanes; readonly debt?: bigint },
): void {
  if (word.lanes.some((lane) => lane < 0n))
    throw new Error(`more points of ${member} at shop ${shop} left than it held`)
  const debt = word.debt ?? debtOf(work, shop, member)
  const row: BalanceRow = { member, shop, ...columnsOf(word.lanes, tokenOf(work, shop).quarter), debt }
  work.put('balance', row)
}

type Moved = Pick<MovementRow, 'member' | 'kind' | 'points' | 'counterparty'>

type Placed = Pick<Transfer, 'blockNumber' | 'logIndex' | 'transactionHash'>

/** Writes a line of the member's statement; nothing moved is no line. */
function move(place: Placed, shop: number, work: Workspace, moved: Moved): void {
  const { member, kind, points, counterparty } = moved
  if (points === 0n) return
  work.grown.movement.push({
    member,
    block_number: place.blockNumber,
    log_index: place.logIndex,
    shop,
    kind,
    points,
    counterparty,
    transaction_hash: place.transactionHash,
  })
}

function lanesOf(row: LaneColumns): Lanes {
  return [row.lane0, row.lane1, row.lane2, row.lane3, row.lane4]
}

function columnsOf(lanes: Lanes, stamp: number): LaneColumns {
  return { stamp, lane0: lanes[0], lane1: lanes[1], lane2: lanes[2], lane3: lanes[3], lane4: lanes[4] }
}

const timeOf = (seconds: number): Date => new Date(seconds * 1000)
