import type { EventNamed } from '#indexer/chain/logs.ts'
import type { PositionRow, ShopRow } from './rows.ts'
import type { Workspace } from './workspace.ts'

export type StreetEvent = EventNamed<
  | 'ShopApplied'
  | 'ShopAdmitted'
  | 'ShopStatusChanged'
  | 'ReceiptLimitSet'
  | 'TillAdded'
  | 'TillRevoked'
  | 'Deposited'
  | 'Withdrawn'
  | 'NetMoved'
  | 'Settled'
>

// The order of the contracts' enum ShopStatus.
const applied = 1
const active = 2

/** Shops, tills and what shops have and owe. */
export function foldStreetEvent(event: StreetEvent, work: Workspace): void {
  switch (event.name) {
    case 'Deposited': {
      const { shop, amount } = event.args
      changePosition(work, shop, { reserve: amount, deposited: amount })
      break
    }
    case 'Withdrawn': {
      const { shop, amount } = event.args
      changePosition(work, shop, { reserve: -amount, withdrawn: amount })
      break
    }
    case 'NetMoved': {
      const { from, to, value } = event.args
      changePosition(work, from, { net: -value })
      changePosition(work, to, { net: value })
      break
    }
    case 'Settled': {
      const { shop, reserveChange } = event.args
      changePosition(work, shop, { reserve: reserveChange, net: -reserveChange })
      break
    }
    case 'TillAdded': {
      const { shop, till, key, kind, budget } = event.args
      work.put('till', { shop, till, key, kind, budget: BigInt(budget), revoked: false })
      break
    }
    case 'TillRevoked': {
      const { shop, till } = event.args
      const row = work.get('till', { shop, till })
      if (row === undefined) throw new Error(`till ${till} of shop ${shop} was revoked before it was added`)
      work.put('till', { ...row, revoked: true })
      break
    }
    default:
      foldShop(event, work)
  }
}

type ShopEvent = EventNamed<'ShopApplied' | 'ShopAdmitted' | 'ShopStatusChanged' | 'ReceiptLimitSet'>

function foldShop(event: ShopEvent, work: Workspace): void {
  const { shop } = event.args
  switch (event.name) {
    case 'ShopApplied':
      work.put('shop', {
        shop,
        owner: event.args.owner,
        points: null,
        status: applied,
        redeems_only: false,
        joined_at: null,
        // A ReceiptLimitSet of the same transaction gives the true one.
        receipt_limit: 0n,
      })
      break
    case 'ShopAdmitted': {
      const { points, redeemsOnly, joinedAt } = event.args
      changeShop(work, shop, {
        points,
        status: active,
        redeems_only: redeemsOnly,
        joined_at: new Date(joinedAt * 1000),
      })
      changePosition(work, shop, {})
      break
    }
    case 'ShopStatusChanged':
      changeShop(work, shop, { status: event.args.to })
      break
    case 'ReceiptLimitSet':
      changeShop(work, shop, { receipt_limit: BigInt(event.args.points) })
  }
}

function changeShop(work: Workspace, shop: number, change: Partial<ShopRow>): void {
  const row = work.get('shop', { shop })
  if (row === undefined) throw new Error(`shop ${shop} changed before it applied`)
  work.put('shop', { ...row, ...change })
}

/** Adds to a shop's position; the first change makes it. */
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
