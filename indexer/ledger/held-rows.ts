import { type AnyFoldedRow, type FoldedRows, type FoldName, foldNames } from './rows.ts'

/** The columns that name a row of a fold. */
export interface FoldKeys {
  readonly shop: { readonly shop: number }
  readonly till: { readonly shop: number; readonly till: number }
  readonly points_token: { readonly shop: number }
  readonly balance: { readonly member: string; readonly shop: number }
  readonly position: { readonly shop: number }
  readonly account: { readonly account: string }
  readonly account_key: { readonly account: string; readonly key: string }
}

export type KeyOf<fold extends FoldName> = FoldKeys[fold]

/**
 * A row's key, as text: what tells rows of one fold apart, here and in `before_image`. Written out by hand: a backfill
 * asks for several an event, and JSON.stringify would cost more than all the rest of the fold.
 */
const keyTexts: { readonly [fold in FoldName]: (key: FoldKeys[fold]) => string } = {
  shop: ({ shop }) => shopKey(shop),
  till: ({ shop, till }) => `{"shop":${shop},"till":${till}}`,
  points_token: ({ shop }) => shopKey(shop),
  balance: ({ member, shop }) => balanceKey(member, shop),
  position: ({ shop }) => shopKey(shop),
  account: ({ account }) => `{"account":"${account}"}`,
  account_key: ({ account, key }) => `{"account":"${account}","key":"${key}"}`,
}

const shopKeys: string[] = []

const shopKey = (shop: number): string => (shopKeys[shop] ??= `{"shop":${shop}}`)

const mostKeys = 200_000
let keysMade = 0
let keysByShop: Map<string, string>[] = []

/** The same text for the same row: to make it anew, and to look up what is new, takes longer than the whole fold. */
function balanceKey(member: string, shop: number): string {
  const keys = keysByShop[shop] ?? new Map<string, string>()
  keysByShop[shop] = keys
  const known = keys.get(member)
  if (known !== undefined) return known
  const key = `{"member":"${member}","shop":${shop}}`
  keysMade += 1
  if (keysMade > mostKeys) {
    keysMade = 0
    keysByShop = []
  } else keys.set(member, key)
  return key
}

export function keyOf<fold extends FoldName>(fold: fold, key: FoldKeys[fold]): string {
  return keyTexts[fold](key)
}

/** A fold's rows by key; null where the database has no such row. */
export type RowsByKey<fold extends FoldName> = Map<string, FoldedRows[fold] | null>

const mostRows = 80_000

/**
 * Folded rows as the database holds them, kept from one transaction to the next, so that a row that changes often is
 * asked for once. Only the one writer may keep them: they are forgotten with everything that shakes what they stand on.
 */
export class HeldRows {
  private rows = emptyRows()
  /** Whether a row that is not here is not in the database either. */
  private whole = false
  private table: number | undefined

  /** Asks, as a transaction begins, which tables there are. */
  static readonly whichTables = `SELECT 'ledger.balance'::regclass::oid AS table`

  /** Makes sure, by the answer, that they are rows of these very tables: a rebuild may have put others there. */
  standOn([answered]: readonly object[]): void {
    const { table } = answered as { readonly table: number }
    if (this.table !== undefined && table !== this.table) this.forget('filled')
    this.table = table
  }

  /** Forgets all; `database` says what they are to be trusted with from here on. */
  forget(database: 'empty' | 'filled'): void {
    this.rows = emptyRows()
    this.whole = database === 'empty'
  }

  get knowsAll(): boolean {
    return this.whole
  }

  knows(fold: FoldName, key: string): boolean {
    return this.rows[fold].has(key)
  }

  get<fold extends FoldName>(fold: fold, key: string): FoldedRows[fold] | undefined {
    return this.rowsOf(fold).get(key) ?? undefined
  }

  /** Takes in what the database holds under a key. */
  hold<fold extends FoldName>(fold: fold, key: string, row: FoldedRows[fold] | null): void {
    this.rowsOf(fold).set(key, row)
  }

  /** Takes in what was written just now, and lets go of the oldest where there are too many. */
  take(changed: Readonly<Record<FoldName, ReadonlyMap<string, AnyFoldedRow>>>): void {
    for (const fold of foldNames) {
      const rows: Map<string, AnyFoldedRow | null> = this.rows[fold]
      changed[fold].forEach((row, key) => {
        rows.set(key, row)
      })
      if (rows.size <= mostRows) continue
      this.whole = false
      for (const key of rows.keys()) {
        if (rows.size <= (mostRows * 3) / 4) break
        rows.delete(key)
      }
    }
  }

  private rowsOf<fold extends FoldName>(fold: fold): RowsByKey<fold> {
    return this.rows[fold] as RowsByKey<fold>
  }
}

function emptyRows(): { readonly [fold in FoldName]: RowsByKey<fold> } {
  return {
    ...{ shop: new Map(), till: new Map(), points_token: new Map(), balance: new Map(), position: new Map() },
    ...{ account: new Map(), account_key: new Map() },
  }
}
