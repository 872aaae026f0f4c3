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
}

export interface TillRow {
  readonly shop: number
  readonly till: number
  readonly key: Hex
  readonly kind: number
  readonly budget: bigint
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
}

export interface BalanceRow extends LaneColumns {
  readonly member: Hex
  readonly shop: number
}

export interface PositionRow {
  readonly shop: number
  readonly net: bigint
  readonly reserve: bigint
  readonly deposited: bigint
  readonly withdrawn: bigint
}

/** The tables that are folded: one row a key, changed by later events, put back by undo. */
export interface FoldedRows {
  readonly shop: ShopRow
  readonly till: TillRow
  readonly points_token: PointsTokenRow
  readonly balance: BalanceRow
  readonly position: PositionRow
}

export type FoldName = keyof FoldedRows
export type AnyFoldedRow = FoldedRows[FoldName]

const laneColumns = ['stamp', 'lane0', 'lane1', 'lane2', 'lane3', 'lane4'] as const

/** Each folded table's key and the columns beside it. */
export const folds = {
  shop: { key: ['shop'], rest: ['owner', 'points', 'status', 'redeems_only', 'joined_at', 'receipt_limit'] },
  till: { key: ['shop', 'till'], rest: ['key', 'kind', 'budget', 'revoked'] },
  points_token: {
    key: ['shop'],
    rest: ['address', 'quarter', 'started_at', 'notice_at', 'ends_at', ...laneColumns],
  },
  balance: { key: ['member', 'shop'], rest: laneColumns },
  position: { key: ['shop'], rest: ['net', 'reserve', 'deposited', 'withdrawn'] },
} as const satisfies { readonly [name in FoldName]: FoldShape<FoldedRows[name]> }

interface FoldShape<row> {
  readonly key: readonly (keyof row & string)[]
  readonly rest: readonly (keyof row & string)[]
}

export const foldNames = Object.keys(folds) as readonly FoldName[]

export interface PurchaseRow {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly member: Hex
  readonly points: bigint
  readonly spend: bigint
  readonly sold_at: Date
  readonly record: bigint
  readonly block_number: number
  readonly log_index: number
  readonly transaction_hash: Hex
}

export interface PaymentRow {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly member: Hex
  readonly purpose: bigint
  readonly points: bigint
  readonly record: bigint
  readonly block_number: number
  readonly log_index: number
  readonly transaction_hash: Hex
}

export interface PaymentLineRow {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly issuer: number
  readonly points: bigint
  readonly lanes: bigint
  readonly block_number: number
}

export interface RefusalRow {
  readonly shop: number
  readonly till: number
  readonly kind: 'purchase' | 'payment'
  readonly sequence: bigint
  readonly block_number: number
  readonly log_index: number
  readonly reason: string
}

/** points: + where the balance grew, - where it shrank, so that they add up to the stored balance. */
export interface MovementRow {
  readonly member: Hex
  readonly block_number: number
  readonly log_index: number
  readonly shop: number
  readonly kind: 'issued' | 'paid' | 'sent' | 'received' | 'lapsed'
  readonly points: bigint
  readonly counterparty: Hex | null
}

export interface BlockRow {
  readonly number: number
  readonly hash: Hex
  readonly parent_hash: Hex
  readonly time: Date
}

export interface EventRow {
  readonly block_number: number
  readonly log_index: number
  readonly transaction_hash: Hex
  readonly address: Hex
  readonly name: string
  readonly args: object
}

/** The tables that only grow; their rows hang on their block and vanish with it. */
export interface JournalRows {
  readonly block: BlockRow
  readonly event: EventRow
  readonly purchase: PurchaseRow
  readonly payment: PaymentRow
  readonly payment_line: PaymentLineRow
  readonly refusal: RefusalRow
  readonly movement: MovementRow
}

export type JournalName = keyof JournalRows

/** Each journal table's columns; blocks come first, since the others refer to them. */
export const journals = {
  block: ['number', 'hash', 'parent_hash', 'time'],
  event: ['block_number', 'log_index', 'transaction_hash', 'address', 'name', 'args'],
  purchase: [
    'shop',
    'till',
    'sequence',
    'member',
    'points',
    'spend',
    'sold_at',
    'record',
    'block_number',
    'log_index',
    'transaction_hash',
  ],
  payment: [
    'shop',
    'till',
    'sequence',
    'member',
    'purpose',
    'points',
    'record',
    'block_number',
    'log_index',
    'transaction_hash',
  ],
  payment_line: ['shop', 'till', 'sequence', 'issuer', 'points', 'lanes', 'block_number'],
  refusal: ['shop', 'till', 'kind', 'sequence', 'block_number', 'log_index', 'reason'],
  movement: ['member', 'block_number', 'log_index', 'shop', 'kind', 'points', 'counterparty'],
} as const satisfies { readonly [name in JournalName]: readonly (keyof JournalRows[name] & string)[] }

export const journalNames = Object.keys(journals) as readonly JournalName[]
