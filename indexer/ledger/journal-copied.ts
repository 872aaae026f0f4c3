import type { WriteRow } from './copied-rows.ts'
import type { JournalName, JournalRows } from './journal-rows.ts'
import { argsAsJson } from './rows-in-sql.ts'

/** How a row of each journal is copied, its columns in the order of `journals`. */
export const copied: { readonly [journal in JournalName]: WriteRow<JournalRows[journal]> } = {
  block(out, row) {
    out.int8(row.number)
    out.bytes(row.hash)
    out.bytes(row.parent_hash)
    out.time(row.time)
    out.text(row.evidence)
  },
  event(out, row) {
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.bytes(row.transaction_hash)
    out.bytes(row.address)
    out.text(row.name)
    out.json(argsAsJson(row.args))
  },
  purchase(out, row) {
    out.int4(row.shop)
    out.int4(row.till)
    out.int8(row.sequence)
    out.bytes(row.member)
    out.int8(row.points)
    out.int8(row.spend)
    out.time(row.sold_at)
    out.int8(row.record)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.bytes(row.transaction_hash)
  },
  payment(out, row) {
    out.int4(row.shop)
    out.int4(row.till)
    out.int8(row.sequence)
    out.bytes(row.member)
    out.int8(row.purpose)
    out.int8(row.points)
    out.int8(row.record)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.bytes(row.transaction_hash)
  },
  payment_line(out, row) {
    out.int4(row.shop)
    out.int4(row.till)
    out.int8(row.sequence)
    out.int4(row.issuer)
    out.int8(row.points)
    out.numeric(row.lanes)
    out.int8(row.block_number)
  },
  refusal(out, row) {
    out.int4(row.shop)
    out.int4(row.till)
    out.text(row.kind)
    out.int8(row.sequence)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.text(row.reason)
  },
  reversal(out, row) {
    out.int4(row.shop)
    out.int4(row.till)
    out.int8(row.sequence)
    out.bytes(row.member)
    out.int4(row.by_till)
    out.int8(row.points)
    out.int8(row.taken)
    out.int8(row.debt)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.bytes(row.transaction_hash)
  },
  refund(out, row) {
    out.int4(row.shop)
    out.int4(row.till)
    out.int8(row.sequence)
    out.bytes(row.member)
    out.int4(row.by_till)
    out.int8(row.points)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.bytes(row.transaction_hash)
  },
  refund_line(out, row) {
    out.int4(row.shop)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.int4(row.issuer)
    out.int8(row.points)
    out.numeric(row.lanes)
  },
  net_move(out, row) {
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.text(row.kind)
    out.int4(row.debtor)
    out.int4(row.creditor)
    out.numeric(row.value)
  },
  movement(out, row) {
    out.bytes(row.member)
    out.int8(row.block_number)
    out.int4(row.log_index)
    out.int4(row.shop)
    out.text(row.kind)
    out.int8(row.points)
    out.bytes(row.counterparty)
    out.bytes(row.transaction_hash)
  },
}
