import { tierNames } from '#indexer/scoring/tiers.ts'
import type { ExpectedOfMember, ProposedTier } from '#web/queries/expected-of-member.ts'
import { formatShortDay } from './dates.ts'
import type { Formats } from './formats.tsx'
import { formatCount, formatMoneyRough, moneyOfCents } from './money.ts'

/** What is known and expected of a member, in the same words for the shop and for the member. */

const minorMoney = (minor: bigint, { money }: Formats): string => formatMoneyRough(moneyOfCents(minor, money), money)

export function expectedWords(expected: ExpectedOfMember | null, given: Formats): string {
  return expected === null ? 'not known yet' : minorMoney(expected.value, given)
}

/** Why the value is another than thirty days ago, the weightiest part first; null where there is nothing to say. */
export function reasonWords(expected: ExpectedOfMember | null, given: Formats): string | null {
  if (expected === null) return null
  if (expected.before === null) return 'New in the last 30 days'
  const change = expected.value - expected.before
  if (change === 0n || expected.reason.length === 0) return 'As 30 days ago'
  const size = minorMoney(change < 0n ? -change : change, given)
  const parts = expected.reason.map(({ words, minor }) => {
    const signed = formatMoneyRough(moneyOfCents(BigInt(minor), given.money), given.money, 'exceptZero')
    return `${words} (${signed})`
  })
  return `${size} ${change > 0n ? 'more' : 'less'} than 30 days ago: ${parts.join(', ')}`
}

/** "Likely to come again: 83 %". */
export function aliveWords({ alivePpm }: ExpectedOfMember, { money }: Formats): string {
  const percent = new Intl.NumberFormat(money.locale, { style: 'percent', maximumFractionDigits: 0 })
  return percent.format(alivePpm / 1_000_000)
}

/** "12 to 31 visits": nine times of ten, in a year. */
export function visitsWords(
  { low, high }: { readonly low: number; readonly high: number },
  { money }: Formats,
): string {
  const count = (visits: number) => formatCount(visits, money)
  if (low === high) return low === 1 ? 'one visit' : low === 0 ? 'no visit' : `${count(low)} visits`
  return `${count(low)} to ${count(high)} visits`
}

/** How long between visits is usual, and whether the silence is longer. */
export function gapWords(usualGapDays: number | null, recencyDays: number): string | null {
  if (usualGapDays === null) return null
  const usual = `usually back within ${usualGapDays === 1 ? 'a day' : `${usualGapDays} days`}`
  return recencyDays > usualGapDays ? `${usual}, ${recencyDays - usualGapDays} overdue` : usual
}

const weekWords: Readonly<Record<string, string>> = { weekdays: 'on weekdays', weekends: 'at weekends' }
const dayWords: Readonly<Record<string, string>> = {
  morning: 'in the morning',
  midday: 'around midday',
  afternoon: 'in the afternoon',
  evening: 'in the evening',
}

/** "in the morning, on weekdays"; null where there is no habit. */
export function habitWords(habit: { readonly partOfDay: string | null; readonly partOfWeek: string | null }) {
  const words = [dayWords[habit.partOfDay ?? ''], weekWords[habit.partOfWeek ?? '']].filter(Boolean)
  return words.length === 0 ? null : words.join(', ')
}

/** "Gold", and where a fall stands noticed to what and when; null where there is no tier. */
export function tierWords(tier: ProposedTier | null, { dates }: Formats): string | null {
  if (tier === null) return null
  const name = tier.tier === 0 ? null : tierNames[tier.tier]
  if (tier.until === null) return name
  const next = tier.next === 0 ? 'none' : tierNames[tier.next]
  return `${name}, ${next} from ${formatShortDay(tier.until, dates)} at the earliest`
}
