import { type HeldRows, type KeyOf, keyOf } from './held-rows.ts'
import { type JournalName, type JournalRows, journalNames } from './journal-rows.ts'
import { type AnyFoldedRow, type FoldedRows, type FoldName, foldNames } from './rows.ts'

/** A row as it stood before a block changed it; undefined where it was not there. */
export interface BeforeImage {
  readonly block: number
  readonly fold: FoldName
  readonly key: string
  readonly row: AnyFoldedRow | undefined
}

type GrownRows = { readonly [journal in JournalName]: JournalRows[journal][] }
type ChangedRows = { readonly [fold in FoldName]: Map<string, FoldedRows[fold]> }

/**
 * The rows one transaction works on: those it touches, held before, changed in memory, written at its end. Rows are
 * never changed in place, so the old one is at hand for the before-image.
 */
export class Workspace {
  /** What the journals have grown by since it was last handed over. */
  grown: GrownRows = nothingGrown()
  images: BeforeImage[] = []
  readonly changed: ChangedRows = {
    shop: new Map(),
    till: new Map(),
    points_token: new Map(),
    balance: new Map(),
    position: new Map(),
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

  /** Hands over what the journals have grown by, and begins anew. */
  handOver(): GrownRows {
    const { grown } = this
    this.grown = nothingGrown()
    return grown
  }

  /** How many folded rows differ from the database. */
  get differing(): number {
    return foldNames.reduce((sum, fold) => sum + this.changed[fold].size, 0)
  }

  private keepImage<fold extends FoldName>(fold: fold, key: string): void {
    const name = `${fold} ${key}`
    if (this.imagedInBlock.has(name)) return
    this.imagedInBlock.add(name)
    this.images.push({ block: this.block, fold, key, row: this.at(fold, key) })
  }

  private at<fold extends FoldName>(fold: fold, key: string): FoldedRows[fold] | undefined {
    return this.changedOf(fold).get(key) ?? this.held.get(fold, key)
  }

  private changedOf<fold extends FoldName>(fold: fold): Map<string, FoldedRows[fold]> {
    return this.changed[fold] as unknown as Map<string, FoldedRows[fold]>
  }
}

function nothingGrown(): GrownRows {
  return Object.fromEntries(journalNames.map((journal) => [journal, []])) as unknown as GrownRows
}
