import type { Hex } from 'viem'
import type { Evidence } from '#indexer/chain/stretch.ts'

// Rows of the tables of the schema `ledger` that only grow, column by column, in the shapes of rows.ts.

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

/** A purchase undone, wholly or in part; shop, till and sequence are its receipt. */
export interface ReversalRow {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly member: Hex
  readonly by_till: number
  readonly points: bigint
  readonly taken: bigint
  readonly debt: bigint
  readonly block_number: number
  readonly log_index: number
  readonly transaction_hash: Hex
}

/** A payment undone, wholly or in part; shop, till and sequence are its receipt. */
export interface RefundRow {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly member: Hex
  readonly by_till: number
  readonly points: bigint
  readonly block_number: number
  readonly log_index: number
  readonly transaction_hash: Hex
}

/** What came back of one line of a payment made at `shop`; lanes packed as the token gave them back. */
export interface RefundLineRow {
  readonly shop: number
  readonly block_number: number
  readonly log_index: number
  readonly issuer: number
  readonly points: bigint
  readonly lanes: bigint
}

/** Why two shops owe each other: `value` moved from the net of `debtor` to that of `creditor`; below zero, back. */
export interface NetMoveRow {
  readonly block_number: number
  readonly log_index: number
  readonly kind: 'payment' | 'refund' | 'voucher' | 'breakage'
  readonly debtor: number
  readonly creditor: number
  readonly value: bigint
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

/**
 * A Transfer that moved points, as each of the two accounts sees it: the journal of Transfers, which stand here instead
 * of among the other events.
 * points: + where the balance grew, - where it shrank, so that they add up to the stored balance. What pays off a debt
 * is issued and gone again in one moment.
 */
export interface MovementRow {
  readonly member: Hex
  readonly block_number: number
  readonly log_index: number
  readonly shop: number
  readonly kind: MovementKind
  readonly points: bigint
  readonly counterparty: Hex | null
  readonly transaction_hash: Hex
}

export type MovementKind = 'issued' | 'paid' | 'sent' | 'received' | 'lapsed' | 'takenBack' | 'restored' | 'debtPaid'

export interface BlockRow {
  readonly number: number
  readonly hash: Hex
  readonly parent_hash: Hex
  readonly time: Date
  /** What stands behind the logs that were read in it. */
  readonly evidence: Evidence
}

export interface EventRow {
  readonly block_number: number
  readonly log_index: number
  readonly transaction_hash: Hex
  readonly address: Hex
  readonly name: string
  readonly args: object
}

/** The tables that only grow; their rows bear their block, and vanish with it. */
export interface JournalRows {
  readonly block: BlockRow
  readonly event: EventRow
  readonly purchase: PurchaseRow
  readonly payment: PaymentRow
  readonly payment_line: PaymentLineRow
  readonly refusal: RefusalRow
  readonly reversal: ReversalRow
  readonly refund: RefundRow
  readonly refund_line: RefundLineRow
  readonly net_move: NetMoveRow
  readonly movement: MovementRow
}

export type JournalName = keyof JournalRows

/** Each journal table's columns, in the order in which they are copied; blocks come first. */
export const journals = {
  block: ['number', 'hash', 'parent_hash', 'time', 'evidence'],
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
  reversal: [
    'shop',
    'till',
    'sequence',
    'member',
    'by_till',
    'points',
    'taken',
    'debt',
    'block_number',
    'log_index',
    'transaction_hash',
  ],
  refund: ['shop', 'till', 'sequence', 'member', 'by_till', 'points', 'block_number', 'log_index', 'transaction_hash'],
  refund_line: ['shop', 'block_number', 'log_index', 'issuer', 'points', 'lanes'],
  net_move: ['block_number', 'log_index', 'kind', 'debtor', 'creditor', 'value'],
  movement: ['member', 'block_number', 'log_index', 'shop', 'kind', 'points', 'counterparty', 'transaction_hash'],
} as const satisfies { readonly [name in JournalName]: readonly (keyof JournalRows[name] & string)[] }

export const journalNames = Object.keys(journals) as readonly JournalName[]
