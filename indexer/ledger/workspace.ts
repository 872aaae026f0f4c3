import { type GrownRows, nothingGrown } from './grown.ts'
import { type HeldRows, type KeyOf, keyOf } from './held-rows.ts'
import { type AnyFoldedRow, type FoldedRows, type FoldName, foldNames } from './rows.ts'

/** A row as it stood before a block changed it; undefined where it was not there. */
export interface BeforeImage {
  readonly block: number
  readonly fold: FoldName
  readonly key: string
  readonly row: AnyFoldedRow | undefined
}

type ChangedRows = { readonly [fold in FoldName]: Map<string, FoldedRows[fold]> }

type Changeable<row> = { -readonly [column in keyof row]: row[column] }

/**
 * The rows one transaction works on: those it touches, held before, changed in memory, written at its end. A row is
 * changed in place only where it is of this transaction, and of this block where undo needs the one before.
 */
export class Workspace {
  /** What the journals have grown by since it was last handed over. */
  grown: GrownRows = nothingGrown('few')
  images: BeforeImage[] = []
  readonly changed: ChangedRows = {
    shop: new Map(),
    till: new Map(),
    points_token: new Map(),
    balance: new Map(),
    position: new Map(),
    account: new Map(),
    account_key: new Map(),
  }
  /** When the block at hand was made. */
  time = new Date(0)
  private readonly held: HeldRows
  private readonly imagesAbove: number
  private imagedInBlock = new Set<string>()
  private block = 0

  /** Before-images are kept for blocks above `imagesAbove`. */
  constructor(held: HeldRows, imagesAbove: number) {
    this.held = held
    this.imagesAbove = imagesAbove
  }

  /** Everything from here on happens in this block. */
  enterBlock({ number, time }: { readonly number: number; readonly time: Date }): void {
    this.block = number
    this.time = time
    this.imagedInBlock = new Set()
  }

  get<fold extends FoldName>(fold: fold, key: KeyOf<fold>): FoldedRows[fold] | undefined {
    return this.at(fold, keyOf(fold, key))
  }

  put<fold extends FoldName>(fold: fold, row: FoldedRows[fold]): void {
    const key = keyOf(fold, row as KeyOf<fold>)
    if (this.block > this.imagesAbove) this.keepImage(fold, key)
    this.changedOf(fold).set(key, row)
  }

  /**
   * The row, as it may be changed in place from here on, by whoever asked alone: a copy, where it is another's.
   * Undefined where there is none.
   */
  change<fold extends FoldName>(fold: fold, key: KeyOf<fold>): Changeable<FoldedRows[fold]> | undefined {
    const text = keyOf(fold, key)
    const changed = this.changedOf(fold)
    const own = changed.get(text)
    const isImaged = this.block > this.imagesAbove && this.keepImage(fold, text)
    if (own !== undefined && !isImaged) return own
    const row = own ?? this.held.get(fold, text)
    if (row === undefined) return undefined
    const copy = { ...row }
    changed.set(text, copy)
    return copy
  }

  /** Hands over what the journals have grown by, and begins anew. */
  handOver(): GrownRows {
    const { grown } = this
    // Whoever hands over once does so again.
    this.grown = nothingGrown('many')
    return grown
  }

  /** How many folded rows differ from the database. */
  get differing(): number {
    return foldNames.reduce((sum, fold) => sum + this.changed[fold].size, 0)
  }

  /** Keeps how a row stood before this block; false where that was done, so that what stands now is of this block. */
  private keepImage<fold extends FoldName>(fold: fold, key: string): boolean {
    const name = `${fold} ${key}`
    if (this.imagedInBlock.has(name)) return false
    this.imagedInBlock.add(name)
    this.images.push({ block: this.block, fold, key, row: this.at(fold, key) })
    return true
  }

  private at<fold extends FoldName>(fold: fold, key: string): FoldedRows[fold] | undefined {
    return this.changedOf(fold).get(key) ?? this.held.get(fold, key)
  }

  private changedOf<fold extends FoldName>(fold: fold): Map<string, FoldedRows[fold]> {
    return this.changed[fold] as unknown as Map<string, FoldedRows[fold]>
  }
}
