import { onchainTable, primaryKey } from 'ponder'

export const block = onchainTable('block', (column) => ({
  number: column.bigint().primaryKey(),
  hash: column.hex().notNull(),
  parentHash: column.hex().notNull(),
  time: column.bigint().notNull(),
}))

export const transfer = onchainTable(
  'transfer',
  (column) => ({
    blockNumber: column.bigint().notNull(),
    logIndex: column.integer().notNull(),
    transactionHash: column.hex().notNull(),
    token: column.hex().notNull(),
    from: column.hex().notNull(),
    to: column.hex().notNull(),
    amount: column.bigint().notNull(),
  }),
  (table) => ({ key: primaryKey({ columns: [table.blockNumber, table.logIndex] }) }),
)

export const balance = onchainTable(
  'balance',
  (column) => ({
    token: column.hex().notNull(),
    account: column.hex().notNull(),
    amount: column.bigint().notNull(),
  }),
  (table) => ({ key: primaryKey({ columns: [table.token, table.account] }) }),
)
