import type { Level } from '#indexer/scoring/predicted-segments.ts'
import { careFor } from '#indexer/scoring/predicted-segments.ts'
import { segmentNames } from '#indexer/scoring/segments.ts'
import type { MemberFilter } from '#web/queries/shop-members.ts'

export type AskedFilter = Readonly<
  Partial<Record<'segment' | 'worth' | 'risk' | 'overdue', string | string[] | undefined>>
>

/** The filter in the address; what is none is left out. */
export function filterAsked(asked: AskedFilter): MemberFilter {
  const level = (text: AskedFilter['worth']): Level | undefined => {
    return text === '1' || text === '2' || text === '3' ? (Number(text) as Level) : undefined
  }
  return {
    segment: segmentNames[Number(asked.segment) - 1],
    worth: level(asked.worth),
    risk: level(asked.risk),
    overdue: asked.overdue === '1' ? true : undefined,
  }
}

/** The same as an address says it, to be put behind another part; empty without a filter. */
export function filterAddress({ segment, worth, risk, overdue }: MemberFilter): string {
  const parts = {
    segment: segment === undefined ? undefined : segmentNames.indexOf(segment) + 1,
    worth,
    risk,
    overdue: overdue === true ? 1 : undefined,
  }
  return Object.entries(parts)
    .map(([name, value]) => (value === undefined ? '' : `&${name}=${value}`))
    .join('')
}

const riskWords: Readonly<Record<Level, string>> = { 1: 'low risk', 2: 'middling risk', 3: 'high risk' }
const worthWords: Readonly<Record<Level, string>> = { 1: 'of little worth', 2: 'of some worth', 3: 'of much worth' }

/** Who is shown, in words; null where everybody is. */
export function filterWords({ segment, worth, risk, overdue }: MemberFilter): string | null {
  const care = worth !== undefined && risk !== undefined ? `to ${careFor(worth, risk)}` : undefined
  const words = [segment, worth && worthWords[worth], risk && riskWords[risk], care, overdue && 'overdue'].filter(
    Boolean,
  )
  return words.length === 0 ? null : words.join(', ')
}
