import { createHash } from 'node:crypto'

/**
 * What the board allows where members get more points than others. A document with a version and a date; the board
 * decides on its text, whose hash its proposal carries (docs/acts/policy.md).
 */
export interface BoardPolicy {
  /** Counted from 1 without gaps. */
  readonly version: number
  /** The day it is written for, as 2026-12-01; it does not hold before. */
  readonly date: string
  readonly multiplier: {
    /** In hundredths: 200 is twice as many points. */
    readonly mostPercent: number
    /** A member's multiplier changes once in so many days. */
    readonly changeDays: number
    /** By so much at most, in hundredths. */
    readonly mostChange: number
  }
}

/** What the founders agreed on; it holds until the board decides otherwise. */
export const foundingPolicy: BoardPolicy = {
  version: 1,
  date: '2026-12-01',
  multiplier: { mostPercent: 200, changeDays: 28, mostChange: 50 },
}

/** What no board can allow: a member who gets fewer points than anybody, or a multiplier beyond all reason. */
const bounds = { mostPercent: [100, 1_000], changeDays: [1, 365], mostChange: [1, 900] } as const
const fields = ['mostPercent', 'changeDays', 'mostChange'] as const

/** The hash that stands for a document in a proposal of the board: SHA-256 of its bytes. */
export const policyHash = (document: string): string => `0x${createHash('sha256').update(document).digest('hex')}`

/** Reads a document of the board; a sentence where it is none. Nothing in it may be left over: it would not be kept. */
export function readBoardPolicy(document: string): BoardPolicy | string {
  const read = objectIn(document)
  if (read === undefined) return 'it is no JSON object'
  const { version, date, multiplier, ...more } = read
  if (Object.keys(more).length > 0) return `it says "${Object.keys(more)[0]}", which no policy says`
  if (!Number.isInteger(version) || (version as number) < 2 || (version as number) > 1_000_000) {
    return 'its version is no whole number from 2 on'
  }
  if (!isDay(date)) return 'its date is no day such as 2026-12-01'
  if (typeof multiplier !== 'object' || multiplier === null) return 'it says nothing of the multiplier'
  const said = multiplier as Record<string, unknown>
  const extra = Object.keys(said).find((name) => !fields.some((field) => field === name))
  if (extra !== undefined) return `it says "multiplier.${extra}", which no policy says`
  for (const field of fields) {
    const [least, most] = bounds[field]
    const value = said[field]
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      return `its multiplier.${field} is no whole number from ${least} to ${most}`
    }
  }
  return { version, date, multiplier: said } as unknown as BoardPolicy
}

function objectIn(document: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(document)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? { ...read } : undefined
  } catch {
    return undefined
  }
}

const isDay = (date: unknown): date is string =>
  typeof date === 'string' &&
  /^\d{4}-\d{2}-\d{2}$/.test(date) &&
  !Number.isNaN(Date.parse(date)) &&
  new Date(date).toISOString().startsWith(date)

/** Days since 1970-01-01. */
export const dayOfPolicy = ({ date }: BoardPolicy): number => Date.parse(date) / 86_400_000
