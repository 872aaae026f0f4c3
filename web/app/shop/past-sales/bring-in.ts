import type { Hex } from 'viem'
import { batchTypes, issuanceDomain, runningHashNext, runningHashStart } from '#contracts/terms.ts'
import { askFor, post } from '#web/ui/ask.ts'
import type { KeyHere } from './import-key.ts'

/** Which shop brings in, and which contract checks what its key signs. */
export interface ImportPlace {
  readonly shop: number
  readonly chainId: number
  readonly issuance: Hex
}

/** How far a file has come, in rows. */
export interface ImportRows {
  readonly rows: number
  readonly taken: number
  readonly final: number
  readonly refusedRows: number
}

/** A row that the street refused for good. */
export interface RefusedRow {
  readonly row: number
  readonly sequence: string
  readonly code: string
  readonly sentence: string
}

export interface ImportTold extends ImportRows {
  readonly refused: readonly RefusedRow[]
}

interface NextRows {
  readonly till: number
  readonly entries: readonly {
    readonly sequence: string
    readonly member: Hex
    readonly points: string
    readonly spend: string
    readonly soldAt: number
  }[]
}

export type Ended =
  | { readonly is: 'all in' }
  /** Somebody has to put something right. */
  | { readonly is: 'stopped'; readonly sentence: string }
  /** The page was left; it goes on where it was. */
  | { readonly is: 'left' }

export interface Bringing {
  readonly place: ImportPlace
  readonly file: string
  readonly key: Pick<KeyHere, 'till' | 'account'>
  /** Whether the street answers, and how many rows have just come in. */
  readonly onStep: (step: 'silent' | { readonly taken: number }) => void
  readonly goesOn: () => boolean
  readonly pauseMilliseconds?: number
}

export const importPath = (file: string): string => `/api/v1/imports/${file}`

const SIGNING_PATIENCE = { patienceMilliseconds: 60_000 }

/**
 * Signs what is not in yet, list by list, and posts it, until all is in. Broken off anywhere it goes on where it was:
 * the street names the rows that are missing, and a list that came twice counts once.
 */
export async function bringIn({
  place,
  file,
  key,
  onStep,
  goesOn,
  pauseMilliseconds = 3_000,
}: Bringing): Promise<Ended> {
  const pause = () => new Promise((over) => setTimeout(over, pauseMilliseconds))
  let last = ''
  while (goesOn()) {
    const next = await askFor<NextRows>(`${importPath(file)}/next`, SIGNING_PATIENCE)
    if (next.is === 'refused' && next.code !== 'tooOften') return { is: 'stopped', sentence: next.sentence }
    if (next.is !== 'given') {
      onStep('silent')
      await pause()
      continue
    }
    const { till, entries } = next.value
    const [first] = entries
    if (first === undefined) return { is: 'all in' }
    if (till !== key.till) return { is: 'stopped', sentence: `This file goes in under import key ${till}.` }
    const list = `${first.sequence} ${entries.length}`
    if (list === last) return { is: 'stopped', sentence: 'The street answered, and took nothing. Ask its operator.' }
    const answer = await post<object>('/api/v1/issue', await signedList(place, key, entries), SIGNING_PATIENCE)
    if (answer.is === 'given') {
      last = list
      onStep({ taken: entries.length })
    } else if (answer.is === 'refused' && answer.code !== 'tooOften') {
      const advice = typeof answer.facts['advice'] === 'string' ? ` ${answer.facts['advice']}` : ''
      return { is: 'stopped', sentence: `${answer.sentence}${advice}` }
    } else {
      onStep('silent')
      await pause()
    }
  }
  return { is: 'left' }
}

/** One list as a till signs it: the running hash over its sales, and the key's signature over that (N-7). */
async function signedList(
  { shop, chainId, issuance }: ImportPlace,
  { till, account }: Bringing['key'],
  entries: NextRows['entries'],
): Promise<object> {
  const firstSequence = BigInt(entries[0]?.sequence ?? 1)
  const head = entries
    .map(({ member, points, spend, soldAt }) => ({ member, soldAt, points: BigInt(points), spend: BigInt(spend) }))
    .reduce(runningHashNext, runningHashStart({ shop, till, firstSequence }))
  const count = entries.length
  const signature = await account.signTypedData({
    domain: issuanceDomain(chainId, issuance),
    types: batchTypes,
    primaryType: 'Batch',
    message: { shop, till, firstSequence, count, head },
  })
  return { shop, till, batch: { firstSequence, count, head, signature }, entries }
}
