import type { JournalName, JournalRows } from './journal-rows.ts'
import { argsAsJson, copiedBytes as bytes } from './rows-in-sql.ts'

/** A row of each journal in the text format of COPY, its columns in the order of `journals`. */
export const lineOf: { readonly [journal in JournalName]: (row: JournalRows[journal]) => string } = {
  block: (row) => `${row.number}\t${bytes(row.hash)}\t${bytes(row.parent_hash)}\t${time(row.time)}\t${row.evidence}`,
  event: (row) =>
    `${row.block_number}\t${row.log_index}\t${bytes(row.transaction_hash)}\t${bytes(row.address)}\t${row.name}\t` +
    argsAsJson(row.args),
  purchase: (row) =>
    `${row.shop}\t${row.till}\t${row.sequence}\t${bytes(row.member)}\t${row.points}\t${row.spend}\t` +
    `${time(row.sold_at)}\t${row.record}\t${row.block_number}\t${row.log_index}\t${bytes(row.transaction_hash)}`,
  payment: (row) =>
    `${row.shop}\t${row.till}\t${row.sequence}\t${bytes(row.member)}\t${row.purpose}\t${row.points}\t${row.record}\t` +
    `${row.block_number}\t${row.log_index}\t${bytes(row.transaction_hash)}`,
  payment_line: (row) =>
    `${row.shop}\t${row.till}\t${row.sequence}\t${row.issuer}\t${row.points}\t${row.lanes}\t${row.block_number}`,
  refusal: (row) =>
    `${row.shop}\t${row.till}\t${row.kind}\t${row.sequence}\t${row.block_number}\t${row.log_index}\t${row.reason}`,
  reversal: (row) =>
    `${row.shop}\t${row.till}\t${row.sequence}\t${bytes(row.member)}\t${row.by_till}\t${row.points}\t${row.taken}\t` +
    `${row.debt}\t${row.block_number}\t${row.log_index}\t${bytes(row.transaction_hash)}`,
  refund: (row) =>
    `${row.shop}\t${row.till}\t${row.sequence}\t${bytes(row.member)}\t${row.by_till}\t${row.points}\t` +
    `${row.block_number}\t${row.log_index}\t${bytes(row.transaction_hash)}`,
  refund_line: (row) =>
    `${row.shop}\t${row.block_number}\t${row.log_index}\t${row.issuer}\t${row.points}\t${row.lanes}`,
  net_move: (row) => `${row.block_number}\t${row.log_index}\t${row.kind}\t${row.debtor}\t${row.creditor}\t${row.value}`,
  movement: (row) =>
    `${bytes(row.member)}\t${row.block_number}\t${row.log_index}\t${row.shop}\t${row.kind}\t${row.points}\t` +
    (row.counterparty === null ? '\\N' : bytes(row.counterparty)),
}

let lastTime = Number.NaN
let lastText = ''

/** Rows that lie side by side are mostly of one second. */
function time(date: Date): string {
  const at = date.getTime()
  if (at !== lastTime) {
    lastTime = at
    lastText = date.toISOString()
  }
  return lastText
}
