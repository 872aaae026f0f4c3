import type { Hex } from 'viem'

// Rows as the tables of the schema `ledger` hold them, column by column. Hex is bytea, Date is timestamptz, bigint is
// bigint or numeric.

export interface ShopRow {
  readonly shop: number
  readonly owner: Hex
  readonly points: Hex | null
  readonly status: number
  readonly redeems_only: boolean
  readonly joined_at: Date | null
  readonly receipt_limit: bigint
  readonly daily_points: bigint
  readonly offered_to: Hex | null
  readonly suspended_at: Date | null
  readonly full_reserve_by: Date | null
  readonly default_from: Date | null
  readonly price_money: bigint | null
  readonly price_liability: bigint | null
}

export interface TillRow {
  readonly shop: number
  readonly till: number
  readonly key: Hex
  readonly kind: number
  readonly budget: bigint
  readonly daily_points: bigint
  readonly revoked: boolean
}

export interface LaneColumns {
  readonly stamp: number
  readonly lane0: bigint
  readonly lane1: bigint
  readonly lane2: bigint
  readonly lane3: bigint
  readonly lane4: bigint
}

export interface PointsTokenRow extends LaneColumns {
  readonly shop: number
  readonly address: Hex
  readonly quarter: number
  readonly started_at: Date
  readonly notice_at: Date | null
  readonly ends_at: Date | null
  readonly stopped: boolean
}

export interface BalanceRow extends LaneColumns {
  readonly member: Hex
  readonly shop: number
  /** What the member's next points of the shop pay off. */
  readonly debt: bigint
}

/** The shop 0 is the house, which holds the value of unused vouchers. */
export interface PositionRow {
  readonly shop: number
  readonly net: bigint
  readonly reserve: bigint
  readonly deposited: bigint
  readonly withdrawn: bigint
}

/**
 * A member's account that stands on the chain. first_*: what its address is made of. chosen_*: its guardian once one
 * was chosen and took effect, in the place of the first; next_*: the one chosen last, in office from `next_from` on; a
 * guardian that is null is nobody. orders, recoveries: how many there were. Keys of an earlier era sign no more.
 */
export interface AccountRow {
  readonly account: Hex
  readonly first_x: Hex
  readonly first_y: Hex
  readonly first_guardian: Hex | null
  readonly first_delay: bigint
  readonly deployed_at: Date
  readonly orders: bigint
  readonly era: number
  readonly chosen_guardian: Hex | null
  readonly chosen_delay: bigint | null
  readonly chosen_from: Date | null
  readonly next_guardian: Hex | null
  readonly next_delay: bigint | null
  readonly next_from: Date | null
  readonly recoveries: number
  readonly recovery_by: Hex | null
  readonly recovery_x: Hex | null
  readonly recovery_y: Hex | null
  readonly recovery_started_at: Date | null
  readonly recovery_ready_at: Date | null
}

/** A passkey that an account agrees by or agreed by; key is its name on the chain. */
export interface AccountKeyRow {
  readonly account: Hex
  readonly key: Hex
  readonly x: Hex
  readonly y: Hex
  readonly era: number
  readonly added_at: Date
  /** From when on it removes others; null: always. */
  readonly settled_from: Date | null
  readonly removed_at: Date | null
}

/** The tables that are folded: one row a key, changed by later events, put back by undo. */
export interface FoldedRows {
  readonly shop: ShopRow
  readonly till: TillRow
  readonly points_token: PointsTokenRow
  readonly balance: BalanceRow
  readonly position: PositionRow
  readonly account: AccountRow
  readonly account_key: AccountKeyRow
}

export type FoldName = keyof FoldedRows
export type AnyFoldedRow = FoldedRows[FoldName]

const laneColumns = ['stamp', 'lane0', 'lane1', 'lane2', 'lane3', 'lane4'] as const

/** Each folded table's key and the columns beside it. */
export const folds = {
  shop: {
    key: ['shop'],
    rest: [
      'owner',
      'points',
      'status',
      'redeems_only',
      'joined_at',
      'receipt_limit',
      'daily_points',
      'offered_to',
      'suspended_at',
      'full_reserve_by',
      'default_from',
      'price_money',
      'price_liability',
    ],
  },
  till: { key: ['shop', 'till'], rest: ['key', 'kind', 'budget', 'daily_points', 'revoked'] },
  points_token: {
    key: ['shop'],
    rest: ['address', 'quarter', 'started_at', 'notice_at', 'ends_at', 'stopped', ...laneColumns],
  },
  balance: { key: ['member', 'shop'], rest: [...laneColumns, 'debt'] },
  position: { key: ['shop'], rest: ['net', 'reserve', 'deposited', 'withdrawn'] },
  account: {
    key: ['account'],
    rest: [
      'first_x',
      'first_y',
      'first_guardian',
      'first_delay',
      'deployed_at',
      'orders',
      'era',
      'chosen_guardian',
      'chosen_delay',
      'chosen_from',
      'next_guardian',
      'next_delay',
      'next_from',
      'recoveries',
      'recovery_by',
      'recovery_x',
      'recovery_y',
      'recovery_started_at',
      'recovery_ready_at',
    ],
  },
  account_key: { key: ['account', 'key'], rest: ['x', 'y', 'era', 'added_at', 'settled_from', 'removed_at'] },
} as const satisfies { readonly [name in FoldName]: FoldShape<FoldedRows[name]> }

interface FoldShape<row> {
  readonly key: readonly (keyof row & string)[]
  readonly rest: readonly (keyof row & string)[]
}

export const foldNames = Object.keys(folds) as readonly FoldName[]
