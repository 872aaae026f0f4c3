import { createHash } from 'node:crypto'
import { basename, extname } from 'node:path'
import type pg from 'pg'
import { Complaint } from '../complaint.ts'
import { pointsForSpendDown } from '../habits.ts'
import type { SaleRow } from './salesFile.ts'

/** A shop's part of a file, before anything is done for it. */
export interface Part {
  /** How the file calls the shop, or how the file is called. */
  readonly label: string
  /** The shop it goes to; undefined: one is made. */
  readonly shop: number | undefined
  readonly name: string
  readonly earnRate: number
  readonly rows: readonly PricedRow[]
  /** Hundredths of a point in all. */
  readonly points: bigint
}

export interface PricedRow extends SaleRow {
  /** Hundredths of a point. */
  readonly points: bigint
}

export interface PlanOptions {
  readonly file: string
  readonly rows: readonly SaleRow[]
  /** A shop of the street, for a file that names none. */
  readonly shop: number | undefined
  /** Hundredths of a point per 1.00 in a shop that is made for the file. */
  readonly earnRate: number
}

interface KnownShop {
  readonly shop: number
  readonly name: string
  readonly earnRate: number
  readonly isCharity: boolean
}

export const hashOfFile = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** Sorts a file's rows to the shops they belong to, and prices each in points. */
export async function planImport(db: pg.Pool, options: PlanOptions): Promise<Part[]> {
  const found = await db.query<KnownShop>(
    `SELECT shop, name, earn_rate AS "earnRate", is_charity AS "isCharity" FROM portal.shop_profile`,
  )
  const named = options.rows.some((row) => row.shop !== undefined)
  if (named && options.shop !== undefined) {
    throw new Complaint('The file names a shop in every row, so --shop has nothing to say: leave it out.')
  }
  const whole = basename(options.file, extname(options.file)).replaceAll(/[_-]+/g, ' ').trim() || 'Imported shop'
  const byLabel = new Map<string, SaleRow[]>()
  for (const row of options.rows) {
    const label = row.shop ?? (options.shop === undefined ? whole : String(options.shop))
    const rows = byLabel.get(label)
    if (rows === undefined) byLabel.set(label, [row])
    else rows.push(row)
  }
  return [...byLabel].map(([label, rows]) => {
    // A file's own name may be a number, which names no shop of the street.
    const known = named || options.shop !== undefined ? shopCalled(label, found.rows) : undefined
    if (known === undefined && options.shop !== undefined) {
      throw new Complaint(`There is no shop ${options.shop} on this street.`)
    }
    if (known?.isCharity === true)
      throw new Complaint(`${known.name} only takes points, so no sale gives points there.`)
    const earnRate = known?.earnRate ?? options.earnRate
    const priced = rows.map((row) => ({ ...row, points: pointsForSpendDown(row.spend, earnRate) }))
    const points = priced.reduce((sum, row) => sum + row.points, 0n)
    return { label, shop: known?.shop, name: known?.name ?? label, earnRate, rows: priced, points }
  })
}

function shopCalled(label: string, shops: readonly KnownShop[]): KnownShop | undefined {
  const number = /^\d{1,9}$/.test(label) ? Number(label) : undefined
  return shops.find((one) => one.shop === number) ?? shops.find((one) => one.name.toLowerCase() === label.toLowerCase())
}

/** Rows whose receipt numbers follow one another, at most 500: what one signature of the import key covers. */
export function batchesOf(rows: readonly PricedRow[], most: number): PricedRow[][] {
  const inOrder = [...rows].sort((one, other) => (one.sequence < other.sequence ? -1 : 1))
  const batches: PricedRow[][] = []
  for (const row of inOrder) {
    const last = batches.at(-1)
    const previous = last?.at(-1)
    if (last !== undefined && last.length < most && previous?.sequence === row.sequence - 1n) last.push(row)
    else batches.push([row])
  }
  return batches
}
