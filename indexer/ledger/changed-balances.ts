import type pg from 'pg'
import { bytesColumn, int4Column, int8Column } from './columns-in-binary.ts'
import { append, type CopiedRows, copiedRows } from './copied-rows.ts'
import { type BalanceRow, folds } from './rows.ts'

const columns = [...folds.balance.key, ...folds.balance.rest]

/** Writes balances that the database does not have yet, which are most of them in a backfill: nothing is looked up. */
export async function addBalances(client: pg.Client, rows: readonly BalanceRow[]): Promise<void> {
  if (rows.length === 0) return
  await append(client, { table: 'ledger.balance', columns }, copiedRows(columns, rows, copyBalance))
}

function copyBalance(out: CopiedRows, row: BalanceRow): void {
  out.bytes(row.member)
  out.int4(row.shop)
  out.int4(row.stamp)
  out.int8(row.lane0)
  out.int8(row.lane1)
  out.int8(row.lane2)
  out.int8(row.lane3)
  out.int8(row.lane4)
  out.int8(row.debt)
}

const rowsAtOnce = 10_000
const amounts = ['lane0', 'lane1', 'lane2', 'lane3', 'lane4', 'debt'] as const

const change = `UPDATE ledger.balance b SET stamp = c.stamp, lane0 = c.lane0, lane1 = c.lane1, lane2 = c.lane2,
    lane3 = c.lane3, lane4 = c.lane4, debt = c.debt
  FROM unnest($1::bytea[], $2::int4[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[],
      $9::int8[]) AS c (member, shop, stamp, lane0, lane1, lane2, lane3, lane4, debt)
  WHERE b.member = c.member AND b.shop = c.shop`

/** Writes balances over those that the database has. */
export async function changeBalances(client: pg.Client, rows: readonly BalanceRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce)
    const values = [
      bytesColumn(some.map(({ member }) => member)),
      int4Column(some.map(({ shop }) => shop)),
      int4Column(some.map(({ stamp }) => stamp)),
      ...amounts.map((name) => int8Column(some.map((row) => row[name]))),
    ]
    const { rowCount } = await client.query({ name: 'change balances', text: change, values })
    if (rowCount !== some.length) throw new Error('a balance that was held is not in the database')
  }
}
