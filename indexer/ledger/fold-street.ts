import type { EventName, EventNamed, NetworkEvent } from '#indexer/chain/logs.ts'
import type { NetMoveRow } from './journal-rows.ts'
import type { PositionRow, ShopRow, TillRow } from './rows.ts'
import type { Workspace } from './workspace.ts'

const shopNames = [
  'ShopApplied',
  'ShopAdmitted',
  'ShopStatusChanged',
  'ReceiptLimitSet',
  'ShopAllowanceSet',
  'ShopOffered',
  'ShopTakenOver',
  'ExitAnnounced',
  'Stressed',
  'Relieved',
  'Defaulted',
  'PriceRaised',
] as const satisfies readonly EventName[]
const tillNames = ['TillAdded', 'TillRevoked', 'TillAllowanceSet'] as const satisfies readonly EventName[]
const moneyNames = ['Deposited', 'Withdrawn', 'Settled'] as const satisfies readonly EventName[]
const netNames = [
  'NetMoved',
  'NetMovedBack',
  'VouchersReleased',
  'BreakageShared',
] as const satisfies readonly EventName[]

type ShopEvent = EventNamed<(typeof shopNames)[number]>
type TillEvent = EventNamed<(typeof tillNames)[number]>
type MoneyEvent = EventNamed<(typeof moneyNames)[number]>
type NetEvent = EventNamed<(typeof netNames)[number]>
export type StreetEvent = ShopEvent | TillEvent | MoneyEvent | NetEvent

const among = (names: readonly EventName[]) => {
  const set = new Set(names)
  return (event: NetworkEvent) => set.has(event.name)
}
const isShopEvent = among(shopNames) as (event: NetworkEvent) => event is ShopEvent
const isTillEvent = among(tillNames) as (event: NetworkEvent) => event is TillEvent
const isMoneyEvent = among(moneyNames) as (event: NetworkEvent) => event is MoneyEvent
const isNetEvent = among(netNames) as (event: NetworkEvent) => event is NetEvent

export const isStreetEvent = (event: NetworkEvent): event is StreetEvent =>
  isShopEvent(event) || isTillEvent(event) || isMoneyEvent(event) || isNetEvent(event)

/** The value of vouchers that nobody has used yet belongs to no shop: it stands where a shop 0 would. */
const house = 0

/** The shops whose rows an event changes. */
export function shopsOf(event: StreetEvent): readonly number[] {
  if (!isNetEvent(event)) return [event.args.shop]
  const { debtor, creditor } = netMoveOf(event)
  return [debtor, creditor]
}

/** Shops, tills and what shops have and owe. */
export function foldStreetEvent(event: StreetEvent, work: Workspace): void {
  if (isNetEvent(event)) foldNet(event, work)
  else if (isMoneyEvent(event)) foldMoney(event, work)
  else if (isTillEvent(event)) foldTill(event, work)
  else foldShop(event, work)
}

function foldNet(event: NetEvent, work: Workspace): void {
  const moved = netMoveOf(event)
  changePosition(work, moved.debtor, { net: -moved.value })
  changePosition(work, moved.creditor, { net: moved.value })
  work.grown.net_move.push({ ...moved, block_number: event.blockNumber, log_index: event.logIndex })
}

function netMoveOf(event: NetEvent): Omit<NetMoveRow, 'block_number' | 'log_index'> {
  switch (event.name) {
    case 'NetMoved': {
      const { from, to, value } = event.args
      return { kind: to === house ? 'voucher' : 'payment', debtor: from, creditor: to, value }
    }
    case 'NetMovedBack': {
      // The issuer owes the shop that was paid so much less than before.
      const { from, to, value } = event.args
      return { kind: 'refund', debtor: to, creditor: from, value: -value }
    }
    case 'VouchersReleased':
      return { kind: 'voucher', debtor: house, creditor: event.args.shop, value: event.args.value }
    case 'BreakageShared': {
      const { shop, beneficiary, value } = event.args
      return { kind: 'breakage', debtor: shop, creditor: beneficiary, value }
    }
  }
}

function foldMoney(event: MoneyEvent, work: Workspace): void {
  const { shop } = event.args
  switch (event.name) {
    case 'Deposited':
      changePosition(work, shop, { reserve: event.args.amount, deposited: event.args.amount })
      break
    case 'Withdrawn':
      changePosition(work, shop, { reserve: -event.args.amount, withdrawn: event.args.amount })
      break
    case 'Settled':
      changePosition(work, shop, { reserve: event.args.reserveChange, net: -event.args.reserveChange })
  }
}

function foldTill(event: TillEvent, work: Workspace): void {
  const { shop, till } = event.args
  switch (event.name) {
    case 'TillAdded': {
      const { key, kind, budget } = event.args
      // A TillAllowanceSet of the same transaction gives a counter its allowance.
      work.put('till', { shop, till, key, kind, budget: BigInt(budget), daily_points: 0n, revoked: false })
      break
    }
    case 'TillRevoked':
      changeTill(work, event.args, { revoked: true })
      break
    case 'TillAllowanceSet':
      changeTill(work, event.args, { daily_points: BigInt(event.args.dailyPoints) })
  }
}

// The order of the contracts' enum ShopStatus.
const applied = 1
const active = 2
const suspended = 3

function foldShop(event: ShopEvent, work: Workspace): void {
  const { shop } = event.args
  switch (event.name) {
    case 'ShopApplied':
      work.put('shop', applicant(shop, event.args.owner))
      break
    case 'ShopAdmitted': {
      const { points, redeemsOnly: redeems_only, joinedAt } = event.args
      changeShop(work, shop, { points, status: active, redeems_only, joined_at: timeOf(joinedAt) })
      changePosition(work, shop, {})
      break
    }
    case 'ShopStatusChanged': {
      const { to: status } = event.args
      // Leaving out of a suspension keeps its beginning; being reinstated ends it.
      const since = status === suspended ? { suspended_at: work.time } : status === active ? { suspended_at: null } : {}
      changeShop(work, shop, { status, ...since })
      break
    }
    case 'ReceiptLimitSet':
      changeShop(work, shop, { receipt_limit: BigInt(event.args.points) })
      break
    case 'ShopAllowanceSet':
      changeShop(work, shop, { daily_points: BigInt(event.args.dailyPoints) })
      break
    case 'ShopOffered':
      changeShop(work, shop, { offered_to: event.args.to === nobody ? null : event.args.to })
      break
    case 'ShopTakenOver':
      changeShop(work, shop, { owner: event.args.owner, offered_to: null })
      break
    case 'ExitAnnounced':
      changeShop(work, shop, { full_reserve_by: timeOf(event.args.fullReserveBy) })
      break
    case 'Stressed':
      changeShop(work, shop, { default_from: timeOf(event.args.defaultFrom) })
      break
    case 'Relieved':
      changeShop(work, shop, { default_from: null })
      break
    case 'Defaulted':
    case 'PriceRaised':
      // Whoever was stressed is so no more: a default ends it.
      changeShop(work, shop, {
        default_from: null,
        price_money: event.args.money,
        price_liability: event.args.liability,
      })
  }
}

const nobody = `0x${'0'.repeat(40)}`

function applicant(shop: number, owner: ShopRow['owner']): ShopRow {
  return {
    shop,
    owner,
    points: null,
    status: applied,
    redeems_only: false,
    joined_at: null,
    // A ReceiptLimitSet and a ShopAllowanceSet of the same transaction give the true ones.
    receipt_limit: 0n,
    daily_points: 0n,
    offered_to: null,
    suspended_at: null,
    full_reserve_by: null,
    default_from: null,
    price_money: null,
    price_liability: null,
  }
}

function changeShop(work: Workspace, shop: number, change: Partial<ShopRow>): void {
  const row = work.get('shop', { shop })
  if (row === undefined) throw new Error(`shop ${shop} changed before it applied`)
  work.put('shop', { ...row, ...change })
}

function changeTill(work: Workspace, key: { readonly shop: number; readonly till: number }, change: Partial<TillRow>) {
  const row = work.get('till', key)
  if (row === undefined) throw new Error(`till ${key.till} of shop ${key.shop} changed before it was added`)
  work.put('till', { ...row, ...change })
}

/** Adds to a position; the first change makes it. */
function changePosition(work: Workspace, shop: number, change: Partial<Omit<PositionRow, 'shop'>>): void {
  const row = work.get('position', { shop }) ?? { shop, net: 0n, reserve: 0n, deposited: 0n, withdrawn: 0n }
  work.put('position', {
    shop,
    net: row.net + (change.net ?? 0n),
    reserve: row.reserve + (change.reserve ?? 0n),
    deposited: row.deposited + (change.deposited ?? 0n),
    withdrawn: row.withdrawn + (change.withdrawn ?? 0n),
  })
}

const timeOf = (seconds: number): Date => new Date(seconds * 1000)
