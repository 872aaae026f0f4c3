import type { Hex } from 'viem'
import type { EventName, NetworkEvent } from '#indexer/chain/logs.ts'
import { foldPointsEvent, type PendingLapse, type PointsEvent } from './fold-points.ts'
import { foldReceiptEvent, type ReceiptEvent } from './fold-receipts.ts'
import { foldStreetEvent, type StreetEvent } from './fold-street.ts'
import type { ShopOfToken } from './point-tokens.ts'
import type { FoldName } from './rows.ts'
import { type KeyOf, keyOf, type Workspace } from './workspace.ts'

/** Applies one event to the rows in `work`, which must hold every row the event touches (see touchedKeys). */
export function foldEvent(event: NetworkEvent, work: Workspace, shopOf: ShopOfToken, lapse: PendingLapse): void {
  const { blockNumber, logIndex, transactionHash, address, name, args } = event
  work.grown.event.push({
    block_number: blockNumber,
    log_index: logIndex,
    transaction_hash: transactionHash,
    address,
    name,
    args,
  })
  if (isPointsEvent(event)) foldPointsEvent(event, shopOf(address), work, lapse)
  else if (isReceiptEvent(event)) foldReceiptEvent(event, work, shopOf)
  else if (isStreetEvent(event)) foldStreetEvent(event, work)
}

const pointsEvents = new Set<EventName>(['Transfer', 'PointsLapsed', 'QuarterBegan', 'QuarterNoticed'])
const receiptEvents = new Set<EventName>(['Issued', 'ReceiptLeftOut', 'Redeemed', 'RedemptionRefused'])
const streetEvents = new Set<EventName>([
  'ShopApplied',
  'ShopAdmitted',
  'ShopStatusChanged',
  'ReceiptLimitSet',
  'TillAdded',
  'TillRevoked',
  'Deposited',
  'Withdrawn',
  'NetMoved',
  'Settled',
])

const isPointsEvent = (event: NetworkEvent): event is PointsEvent => pointsEvents.has(event.name)
const isReceiptEvent = (event: NetworkEvent): event is ReceiptEvent => receiptEvents.has(event.name)
const isStreetEvent = (event: NetworkEvent): event is StreetEvent => streetEvents.has(event.name)

/** The keys of every folded row that these events read or change, by fold. */
export function touchedKeys(
  events: readonly NetworkEvent[],
  shopOf: ShopOfToken,
): ReadonlyMap<FoldName, ReadonlySet<string>> {
  const keys = new Map<FoldName, Set<string>>()
  const touch = <fold extends FoldName>(fold: fold, key: KeyOf<fold>) => {
    const known = keys.get(fold) ?? new Set<string>()
    keys.set(fold, known.add(keyOf(fold, key)))
  }
  for (const event of events) {
    if (isPointsEvent(event)) {
      const shop = shopOf(event.address)
      touch('points_token', { shop })
      for (const member of accountsOf(event)) touch('balance', { member, shop })
    } else if (isStreetEvent(event)) {
      for (const shop of shopsOf(event)) {
        touch('shop', { shop })
        touch('position', { shop })
      }
      if (event.name === 'TillRevoked') touch('till', { shop: event.args.shop, till: event.args.till })
    }
  }
  return keys
}

function accountsOf(event: PointsEvent): readonly Hex[] {
  if (event.name === 'Transfer') return [event.args.from, event.args.to]
  return event.name === 'PointsLapsed' ? [event.args.account] : []
}

function shopsOf(event: StreetEvent): readonly number[] {
  return event.name === 'NetMoved' ? [event.args.from, event.args.to] : [event.args.shop]
}
