import { createHash } from 'node:crypto'
import { basename, extname } from 'node:path'
import type pg from 'pg'
import type { SaleRow } from '#contracts/till-api/sales-file.ts'
import { Complaint } from '../complaint.ts'
import { pointsForSpendDown } from '../habits.ts'

/** A shop's part of a file, before anything is done for it. */
export interface Part {
  /** How the file first calls the shop, or how the file is called: the same in every run of it. */
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
  const groups = new Map<
    string,
    { readonly label: string; readonly known: KnownShop | undefined; readonly rows: SaleRow[] }
  >()
  for (const row of options.rows) {
    const label = row.shop ?? (options.shop === undefined ? whole : String(options.shop))
    // A file's own name may be a number, which names no shop of the street.
    const known = named || options.shop !== undefined ? shopCalled(label, found.rows) : undefined
    if (known === undefined && (named || options.shop !== undefined) && isNumber(label)) {
      throw new Complaint(`There is no shop ${label} on this street${named ? `, which row ${row.row} names` : ''}.`)
    }
    const name = known === undefined ? label.toLowerCase() : `shop ${known.shop}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { label, known, rows: [row] })
    else group.rows.push(row)
  }
  return [...groups.values()].map(({ label, known, rows }) => partOf(label, known, rows, options.earnRate))
}

function partOf(label: string, known: KnownShop | undefined, rows: readonly SaleRow[], newEarnRate: number): Part {
  if (known?.isCharity === true) throw new Complaint(`${known.name} only takes points, so no sale gives points there.`)
  const seen = new Map<bigint, number>()
  for (const { row, sequence } of rows) {
    const first = seen.get(sequence)
    if (first !== undefined)
      throw new Complaint(`Rows ${first} and ${row} have one receipt number at one shop: ${sequence}.`)
    seen.set(sequence, row)
  }
  const earnRate = known?.earnRate ?? newEarnRate
  const priced = rows.map((row) => ({ ...row, points: pointsForSpendDown(row.spend, earnRate) }))
  const points = priced.reduce((sum, row) => sum + row.points, 0n)
  return { label, shop: known?.shop, name: known?.name ?? label, earnRate, rows: priced, points }
}

const isNumber = (label: string): boolean => /^\d{1,9}$/.test(label)

function shopCalled(label: string, shops: readonly KnownShop[]): KnownShop | undefined {
  const number = isNumber(label) ? Number(label) : undefined
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
