import type { Score } from './recency-frequency-value.ts'

/**
 * The eleven names that a shopkeeper gives to members by how lately and how often they come. Value is no part of a
 * name: it is a second axis, so that a rare big spender is not mistaken for a regular.
 */
export const segmentNames = [
  'Champions',
  'Loyal',
  'Potential Loyalist',
  'New',
  'Promising',
  'Need Attention',
  'About To Sleep',
  'Can’t Lose',
  'At Risk',
  'Hibernating',
  'Lost',
] as const

export type SegmentName = (typeof segmentNames)[number]

/** The map as it is shown: a row for each recency score from 5 down to 1, in it frequency 1 to 5. */
const map: Readonly<Record<Score, readonly [SegmentName, SegmentName, SegmentName, SegmentName, SegmentName]>> = {
  5: ['New', 'Potential Loyalist', 'Potential Loyalist', 'Champions', 'Champions'],
  4: ['Promising', 'Potential Loyalist', 'Potential Loyalist', 'Loyal', 'Loyal'],
  3: ['About To Sleep', 'About To Sleep', 'Need Attention', 'Loyal', 'Loyal'],
  2: ['Hibernating', 'Hibernating', 'At Risk', 'At Risk', 'Can’t Lose'],
  1: ['Lost', 'Hibernating', 'At Risk', 'At Risk', 'Can’t Lose'],
}

/** The one name of a cell; recency 5 came last, frequency 5 comes most often. */
export function segmentOf(recency: Score, frequency: Score): SegmentName {
  return map[recency][frequency - 1] as SegmentName
}

/** What each name means, and what a shop would do about it, in a sentence each. */
export const segmentMeaning: Readonly<Record<SegmentName, { readonly who: string; readonly what: string }>> = {
  Champions: { who: 'Come very often and were just here.', what: 'Thank them; ask what they would like to see.' },
  Loyal: { who: 'Come often and were here not long ago.', what: 'Keep them: first look at what is new.' },
  'Potential Loyalist': { who: 'Were here lately and begin to come back.', what: 'A small reason for the next visit.' },
  New: { who: 'Came for the first time just now.', what: 'Make the second visit easy.' },
  Promising: { who: 'Came once, not long ago.', what: 'Remind them that you are there.' },
  'Need Attention': { who: 'Come now and then, and it has been a while.', what: 'An offer for what they usually buy.' },
  'About To Sleep': { who: 'Came seldom, and it has been a while.', what: 'One friendly word before they forget you.' },
  'Can’t Lose': { who: 'Came most often, and have stopped.', what: 'Ask in person what went wrong.' },
  'At Risk': { who: 'Came often, and have not been here for long.', what: 'One personal offer to win them back.' },
  Hibernating: { who: 'Came seldom, and long ago.', what: 'Nothing costly; perhaps a word in season.' },
  Lost: { who: 'Came once, long ago.', what: 'Let them be.' },
}
