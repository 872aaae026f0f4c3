import type { Hex } from 'viem'
import type { ImportPlace, ImportRows } from './bring-in.ts'
import type { ApprovedKey } from './import-key.ts'

/** A file that was taken in, and how far it was when the page was made. */
export interface ShownFile {
  readonly file: string
  readonly name: string
  readonly till: number
  readonly startedAt: string
  readonly standing: ImportRows
}

export interface ShownDesk {
  readonly keys: readonly ApprovedKey[]
  readonly asked: { readonly key: Hex; readonly budget: bigint; readonly at: string } | null
  readonly files: readonly ShownFile[]
}

export type SalesPlace = ImportPlace & { readonly consortium: Hex }
