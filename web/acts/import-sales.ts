import 'server-only'
import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { importQuestion, importRequest } from '#contracts/till-api/requests.ts'
import { type RowFault, readSales, type SaleRow } from '#contracts/till-api/sales-file.ts'
import { ask, bytesOf, pool } from '#web/queries/database.ts'
import { sumOfWishes } from '#web/queries/import-books.ts'
import { roomOnCards } from './cards.ts'
import { pointsForSpendDown } from './quote.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { actingTill, importKeyToBe, notGiving, type Till } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

/** What an import of a file would do. */
export interface CheckedImport {
  /** The hash of its content, by which it goes on. */
  readonly file: string
  readonly rows: number
  /** Of these so many are in already. */
  readonly taken: number
  readonly faultyRows: number
  /** The first of them, by row. */
  readonly faults: readonly RowFault[]
  /** Hundredths of a point that are still to be given. */
  readonly points: bigint
  /** What is left of the key's budget; null where no key was named. */
  readonly budget: bigint | null
  /** How many members the rows name: known ones, and names that nobody has. */
  readonly members: { readonly found: number; readonly unknown: number }
  /** Columns that are there and not used. */
  readonly unused: readonly string[]
}

type Asked = z.output<typeof importQuestion>

/** A sale with its member found and its points reckoned. */
interface PricedSale extends SaleRow {
  readonly account: Hex
  readonly points: bigint
}

const mostFaultsTold = 1_000

/** A dry run: everything that is wrong with the file, by row, and what it would give. Nothing is kept. */
export async function checkImport(input: unknown, { now = new Date() } = {}): Promise<CheckedImport | Refusal> {
  const asked = read(importQuestion, input)
  if (isRefusal(asked)) return asked
  const looked = await look(asked, now)
  return isRefusal(looked) ? looked : looked.checked
}

/** Takes the file in, if nothing is wrong with it. The same file again goes on where it was. */
export async function startImport(input: unknown, { now = new Date() } = {}): Promise<CheckedImport | Refusal> {
  const asked = read(importRequest, input)
  if (isRefusal(asked)) return asked
  const looked = await look(asked, now)
  if (isRefusal(looked)) return looked
  const { hash, checked, sales } = looked
  const [first] = checked.faults
  if (first !== undefined) {
    const { row, code, sentence } = first
    return refuse('importFaulty', { rows: checked.faultyRows, row, fault: code, complaint: sentence })
  }
  const left = checked.budget ?? 0n
  if (checked.points > left) return refuse('overBudget', { points: checked.points, left })
  await keep(asked, { hash, rows: checked.rows, sales, now })
  return checked
}

interface Looked {
  readonly hash: Buffer
  readonly checked: CheckedImport
  /** Whatever of it is in already. */
  readonly sales: readonly PricedSale[]
}

async function look(asked: Asked, now: Date): Promise<Looked | Refusal> {
  const { shop, till, csv } = asked
  const acting = await (till === undefined ? importKeyToBe(pool(), shop) : actingTill(pool(), shop, till))
  if (isRefusal(acting)) return acting
  if (acting.kind !== 'Import') return refuse('notAnImportKey', { shop, till: acting.till, kind: acting.kind })
  const idle = notGiving(acting)
  if (idle) return idle
  const bytes = Buffer.from(csv, 'utf8')
  const { rows, faults, unused } = readSales(bytes, now)
  const priced = await pricedSales(acting, rows)
  const known = await knownSales(acting, priced.sales)
  const found = [...faults, ...priced.faults, ...known.faults, ...(await cardFaults(known.open))]
  const all = found.sort((one, other) => one.row - other.row)
  const hash = createHash('sha256').update(bytes).digest()
  const checked: CheckedImport = {
    file: hash.toString('hex'),
    rows: new Set([...rows, ...faults.filter(({ row }) => row > 0)].map(({ row }) => row)).size,
    taken: known.taken,
    faultyRows: new Set(all.map(({ row }) => row)).size,
    faults: all.slice(0, mostFaultsTold),
    points: known.open.reduce((sum, { points }) => sum + points, 0n),
    budget: till === undefined ? null : await leftOf(acting),
    members: priced.members,
    unused,
  }
  return { hash, checked, sales: priced.sales }
}

async function leftOf({ shop, till, budget }: Till): Promise<bigint> {
  const spent = await sumOfWishes(shop, till, ask)
  return budget > spent ? budget - spent : 0n
}

const faultAt = ({ row, line }: SaleRow, value: string, code: string, sentence: string): RowFault => ({
  ...{ row, line, value, code, sentence },
})

/** Finds each row's member and reckons its points; what a till would refuse at the counter is a fault of the row. */
async function pricedSales(
  till: Till,
  rows: readonly SaleRow[],
): Promise<{ readonly sales: PricedSale[]; readonly faults: RowFault[]; readonly members: CheckedImport['members'] }> {
  const accounts = await accountsOf(rows.map(({ member }) => member))
  const { name, earnRate } = await signOf(till.shop)
  const own = new Set([undefined, String(till.shop), name.toLowerCase()])
  const sales: PricedSale[] = []
  const faults: RowFault[] = []
  for (const row of rows) {
    const account = accounts.get(row.member)
    const points = pointsForSpendDown(row.spend, earnRate)
    if (!own.has(row.shop?.toLowerCase())) {
      faults.push(faultAt(row, row.shop ?? '', 'otherShop', 'this sale was made at another shop'))
    } else if (account === undefined) {
      faults.push(faultAt(row, row.member, 'unknownMember', 'nobody has that code or account'))
    } else if (points > till.receiptLimit) {
      const most = pointWords(till.receiptLimit)
      const sentence = `that would be ${pointWords(points)} points; a receipt gives ${most} at most`
      faults.push(faultAt(row, `${row.spend}`, 'overReceiptLimit', sentence))
    } else sales.push({ ...row, account, points })
  }
  const found = new Set(accounts.values()).size
  const unknown = new Set(rows.flatMap(({ member }) => (accounts.has(member) ? [] : [member]))).size
  return { sales, faults, members: { found, unknown } }
}

async function signOf(shop: number): Promise<{ readonly name: string; readonly earnRate: number }> {
  const text = 'SELECT f.name, f.earn_rate AS "earnRate" FROM portal.shop_profile f WHERE f.shop = $1'
  const [sign] = await ask<{ name: string; earnRate: number }>({ name: 'sign of importing shop', text }, [shop])
  return sign ?? { name: '', earnRate: 0 }
}

/** Members by what the file calls them: their code, however it is spaced, or their account. Cards are found alike. */
async function accountsOf(typed: readonly string[]): Promise<ReadonlyMap<string, Hex>> {
  const bare = (text: string) => text.replace(/[-\s]/g, '').toUpperCase()
  const names = [...new Set(typed)]
  const found = await ask<{ code: string; member: Buffer }>(
    {
      name: 'accounts by code',
      text: `WITH wanted AS (SELECT unnest($1::text[]) AS code)
        SELECT w.code, m.member FROM portal.member_profile m
          JOIN wanted w ON w.code = replace(replace(upper(m.code), '-', ''), ' ', '')
        UNION ALL SELECT w.code, c.member FROM portal.card c
          JOIN wanted w ON w.code = replace(replace(upper(c.code), '-', ''), ' ', '') WHERE c.claimed_by IS NULL`,
    },
    [[...new Set(names.map(bare))]],
  )
  const byCode = new Map(found.map(({ code, member }): [string, Hex] => [code, `0x${member.toString('hex')}`]))
  return new Map(
    names.flatMap((name): [string, Hex][] => {
      const account = /^0x[0-9a-fA-F]{40}$/.test(name) ? (name.toLowerCase() as Hex) : byCode.get(bare(name))
      return account === undefined || /^0x0{40}$/.test(account) ? [] : [[name, account]]
    }),
  )
}

/** A card takes no more from a file than at a counter. */
async function cardFaults(sales: readonly PricedSale[]): Promise<RowFault[]> {
  const room = new Map(await roomOnCards([...new Set(sales.map(({ account }) => account))]))
  return sales.flatMap((sale) => {
    const left = room.get(sale.account)
    if (left === undefined) return []
    room.set(sale.account, left - sale.points)
    if (sale.points <= left) return []
    return [faultAt(sale, sale.member, 'cardFull', 'this card would hold more than a card may')]
  })
}

/** Hundredths as somebody reads them in a spreadsheet: 1250 is "12.50". */
const pointWords = (hundredths: bigint): string => `${hundredths / 100n}.${`${hundredths % 100n}`.padStart(2, '0')}`

interface KnownSale {
  readonly sequence: bigint
  readonly same: boolean
}

/** What of it is in already, by receipt; another sale under a receipt that was used is a fault of the row. */
async function knownSales(
  { shop, till }: Pick<Till, 'shop' | 'till'>,
  sales: readonly PricedSale[],
): Promise<{ readonly open: PricedSale[]; readonly taken: number; readonly faults: RowFault[] }> {
  const rows = await ask<KnownSale>(
    {
      name: 'sales that are in',
      text: `WITH wanted AS (SELECT * FROM unnest($3::bigint[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[])
          AS w(sequence, member, points, spend, sold_at)),
        known AS (
          SELECT i.sequence, i.member, i.points, i.spend, i.sold_at FROM portal.intent i
            WHERE i.shop = $1 AND i.till = $2 AND i.kind = 'purchase'
          UNION SELECT p.sequence, p.member, p.points, p.spend, p.sold_at FROM ledger.purchase p
            WHERE p.shop = $1 AND p.till = $2)
        SELECT w.sequence, bool_and(k.member = w.member AND k.points = w.points AND k.spend = w.spend
            AND k.sold_at = to_timestamp(w.sold_at)) AS same
        FROM wanted w JOIN known k ON k.sequence = w.sequence GROUP BY w.sequence`,
    },
    [
      shop,
      till,
      sales.map(({ sequence }) => sequence),
      sales.map(({ account }) => bytesOf(account)),
      sales.map(({ points }) => points),
      sales.map(({ spend }) => spend),
      sales.map(({ soldAt }) => soldAt),
    ],
  )
  const known = new Map(rows.map(({ sequence, same }) => [sequence, same]))
  const conflicts = sales.filter(({ sequence }) => known.get(sequence) === false)
  return {
    open: sales.filter(({ sequence }) => !known.has(sequence)),
    taken: rows.filter(({ same }) => same).length,
    faults: conflicts.map((row) => {
      return faultAt(row, `${row.sequence}`, 'receiptConflict', 'another sale was brought in under this receipt number')
    }),
  }
}

interface Kept {
  readonly hash: Buffer
  readonly rows: number
  readonly sales: readonly PricedSale[]
  readonly now: Date
}

async function keep({ shop, till, name }: z.output<typeof importRequest>, kept: Kept): Promise<void> {
  const { hash, rows, sales, now } = kept
  await inTransaction(async (client) => {
    await client.query({
      name: 'keep import file',
      text: `INSERT INTO portal.import_file (shop, file_hash, name, till, rows, started_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (shop, file_hash) DO UPDATE SET name = excluded.name, till = excluded.till, rows = excluded.rows`,
      values: [shop, hash, name, till, rows, now],
    })
    // Under another key the same rows are others: what was kept for the one before is done with.
    await client.query('DELETE FROM portal.import_row WHERE shop = $1 AND file_hash = $2', [shop, hash])
    await client.query({
      name: 'keep import rows',
      text: `INSERT INTO portal.import_row (shop, file_hash, row, sequence, member, points, spend, sold_at)
        SELECT $1, $2, n.row, n.sequence, n.member, n.points, n.spend, to_timestamp(n.sold_at)
        FROM unnest($3::int[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[])
          AS n(row, sequence, member, points, spend, sold_at)`,
      values: [
        ...[shop, hash],
        sales.map(({ row }) => row),
        sales.map(({ sequence }) => sequence),
        sales.map(({ account }) => bytesOf(account)),
        sales.map(({ points }) => points),
        sales.map(({ spend }) => spend),
        sales.map(({ soldAt }) => soldAt),
      ],
    })
  })
}
