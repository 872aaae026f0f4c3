import type { NetworkEvent } from '#indexer/chain/logs.ts'
import type { Announced } from './announced.ts'
import { accountOf, foldAccountEvent, isAccountEvent, keyOfEvent } from './fold-accounts.ts'
import { accountsOf, foldPointsEvent, isPointsEvent } from './fold-points.ts'
import { foldReceiptEvent, isReceiptEvent } from './fold-receipts.ts'
import { foldStreetEvent, isStreetEvent, shopsOf } from './fold-street.ts'
import { type KeyOf, keyOf } from './held-rows.ts'
import type { ShopOfToken } from './point-tokens.ts'
import type { FoldName } from './rows.ts'
import type { Workspace } from './workspace.ts'

/** Applies one event to the rows in `work`, which must hold every row the event touches (see touchedKeys). */
export function foldEvent(event: NetworkEvent, work: Workspace, shopOf: ShopOfToken, announced: Announced): void {
  if (event.name === 'Transfer') {
    const before = work.grown.movement.length
    foldPointsEvent(event, shopOf(event.address), work, announced)
    // What moved nothing is in nobody's statement, and is written down all the same.
    if (work.grown.movement.length === before) keep(event, work)
    return
  }
  keep(event, work)
  if (isPointsEvent(event)) foldPointsEvent(event, shopOf(event.address), work, announced)
  else if (isReceiptEvent(event)) foldReceiptEvent(event, work, { shopOf, announced })
  else if (isStreetEvent(event)) foldStreetEvent(event, work)
  else if (isAccountEvent(event)) foldAccountEvent(event, work)
}

function keep({ blockNumber, logIndex, transactionHash, address, name, args }: NetworkEvent, work: Workspace): void {
  work.grown.event.push({
    block_number: blockNumber,
    log_index: logIndex,
    transaction_hash: transactionHash,
    address,
    name,
    args,
  })
}

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
      if ('till' in event.args) touch('till', { shop: event.args.shop, till: event.args.till })
    } else if (isAccountEvent(event)) {
      const [account, key] = [accountOf(event), keyOfEvent(event)]
      touch('account', { account })
      if (key !== undefined) touch('account_key', { account, key })
    }
  }
  return keys
}
