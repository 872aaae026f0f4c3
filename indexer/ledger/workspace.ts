import { type AnyFoldedRow, type FoldedRows, type FoldName, foldNames, folds, type JournalRows } from './rows.ts'

/** A row as it stood before a block changed it; undefined where it was not there. */
export interface BeforeImage {
  readonly block: number
  readonly fold: FoldName
  readonly key: string
  readonly row: AnyFoldedRow | undefined
}

type RowsOf<fold extends FoldName> = Map<string, FoldedRows[fold]>
type GrownRows = { readonly [journal in keyof JournalRows]: JournalRows[journal][] }

/** A row's key, as text: what tells rows of one fold apart, here and in `before_image`. */
export function keyOf<fold extends FoldName>(fold: fold, row: KeyOf<fold>): string {
  const columns: readonly string[] = folds[fold].key
  const values = row as Readonly<Record<string, unknown>>
  return JSON.stringify(Object.fromEntries(columns.map((column) => [column, values[column]])))
}

/** The columns that name a row of a fold. */
export type KeyOf<fold extends FoldName> = Pick<
  FoldedRows[fold],
  (typeof folds)[fold]['key'][number] & keyof FoldedRows[fold]
>

/**
 * The rows one batch works on: those it touches, loaded before, changed in memory, written after. Rows are never
 * changed in place, so the old one is at hand for the before-image.
 */
export class Workspace {
  readonly grown: GrownRows = {
    block: [],
    event: [],
    purchase: [],
    payment: [],
    payment_line: [],
    refusal: [],
    movement: [],
  }
  readonly images: BeforeImage[] = []
  private readonly rows: { readonly [fold in FoldName]: RowsOf<fold> } = {
    shop: new Map(),
    till: new Map(),
    points_token: new Map(),
    balance: new Map(),
    position: new Map(),
  }
  private readonly changed: Readonly<Record<FoldName, Set<string>>> = {
    shop: new Set(),
    till: new Set(),
    points_token: new Set(),
    balance: new Set(),
    position: new Set(),
  }
  private imagedInBlock = new Set<string>()
  private block = 0
  private readonly imagesAbove: number

  /** Before-images are kept for blocks above `imagesAbove`. */
  constructor(imagesAbove: number) {
    this.imagesAbove = imagesAbove
  }

  /** Everything from here on happens in this block. */
  enterBlock(number: number): void {
    this.block = number
    this.imagedInBlock = new Set()
  }

  /** Takes a row in as the database holds it. */
  load<fold extends FoldName>(fold: fold, row: FoldedRows[fold]): void {
    this.rowsOf(fold).set(keyOf(fold, row), row)
  }

  get<fold extends FoldName>(fold: fold, key: KeyOf<fold>): FoldedRows[fold] | undefined {
    return this.rowsOf(fold).get(keyOf(fold, key))
  }

  put<fold extends FoldName>(fold: fold, row: FoldedRows[fold]): void {
    const key = keyOf(fold, row)
    const rows = this.rowsOf(fold)
    const imageName = `${fold} ${key}`
    if (this.block > this.imagesAbove && !this.imagedInBlock.has(imageName)) {
      this.imagedInBlock.add(imageName)
      this.images.push({ block: this.block, fold, key, row: rows.get(key) })
    }
    rows.set(key, row)
    this.changed[fold].add(key)
  }

  /** The rows of each fold that differ from the database. */
  changedRows(): readonly { readonly fold: FoldName; readonly rows: readonly AnyFoldedRow[] }[] {
    return foldNames.map((fold) => {
      const rows = [...this.changed[fold]].map((key) => this.rowsOf(fold).get(key))
      return { fold, rows: rows.filter((row) => row !== undefined) }
    })
  }

  private rowsOf<fold extends FoldName>(fold: fold): RowsOf<fold> {
    return this.rows[fold] as RowsOf<fold>
  }
}
