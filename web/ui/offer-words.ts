import type { BoardPolicy } from '#indexer/scoring/board-policy.ts'
import type { Pair, Thing } from '#indexer/scoring/going-together.ts'
import { liftOf } from '#indexer/scoring/going-together.ts'
import { habitWords } from './expectation-words.ts'
import { formatCount, type MoneyFormat } from './money.ts'

/** Why something is offered, in sentences with their numbers in them. */

type Titles = (reward: number) => string

/** "took A coffee", "usually come in the morning". */
export function thingWords(thing: Thing, title: Titles): string {
  if ('reward' in thing) return `took “${title(thing.reward)}”`
  const week = thing.habit === 'weekdays' || thing.habit === 'weekends'
  const habit = week ? { partOfDay: null, partOfWeek: thing.habit } : { partOfDay: thing.habit, partOfWeek: null }
  return `usually come ${habitWords(habit) ?? thing.habit}`
}

/** "9 of the 20 members who took “A coffee” took it too: 4 times as many as of all." */
export function pairWords(pair: Pair, title: Titles, times: Intl.NumberFormat): string {
  const { both, of } = pair
  const lift = liftOf(pair)
  const more =
    lift >= 1.05 ? `${times.format(lift)} times as many as of all members` : 'about as many as of all members'
  return `${both} of the ${of} members who ${thingWords(pair.from, title)} took it too: ${more}`
}

/** What a proposal rests on where nothing goes together: how many take it at all. */
export function anywayWords({ takenAnyway, ofMembers }: { takenAnyway: number; ofMembers: number }): string {
  if (takenAnyway === 0) return 'nobody has taken it yet'
  return `${takenAnyway} of your ${ofMembers} members took it`
}

/** "1.5 × points". */
export function multiplierWords(percent: number, times: Intl.NumberFormat): string {
  return `${times.format(percent / 100)} × points`
}

/** "1 member", "1,200 members". */
export const membersWords = (members: number, money: MoneyFormat): string =>
  `${formatCount(members, money)} ${members === 1 ? 'member' : 'members'}`

/** What the board allows, in a sentence: "at most 2 × points, changed once in 28 days and by 0.5 at most." */
export function policyWords({ multiplier }: BoardPolicy, times: Intl.NumberFormat): string {
  const { mostPercent, changeDays, mostChange } = multiplier
  const often = changeDays === 1 ? 'once a day' : `once in ${changeDays} days`
  const by = `by ${times.format(mostChange / 100)} at most`
  return `at most ${multiplierWords(mostPercent, times)}, changed ${often} and ${by}.`
}
