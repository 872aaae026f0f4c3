/**
 * What members say of themselves, where they chose to. Answers are kept by the portal and read only where the member
 * agrees; whoever withdraws takes them along.
 */
export const moods = ['bargains', 'quality', 'neighbours', 'planet'] as const
export type Mood = (typeof moods)[number]

/** What matters most, as it is asked and as the segment is called. */
export const moodWords: Readonly<Record<Mood, { readonly asked: string; readonly segment: string }>> = {
  bargains: { asked: 'A good price', segment: 'Watches the price' },
  quality: { asked: 'The best there is', segment: 'Wants the best' },
  neighbours: { asked: 'People I know', segment: 'Comes for the people' },
  planet: { asked: 'That it harms nobody', segment: 'Minds the planet' },
}

export const habitsOfMind = ['settled', 'curious'] as const
export type HabitOfMind = (typeof habitsOfMind)[number]

export const habitOfMindWords: Readonly<Record<HabitOfMind, { readonly asked: string; readonly segment: string }>> = {
  settled: { asked: 'What I know and like', segment: 'Keeps to what is known' },
  curious: { asked: 'Something new', segment: 'Tries what is new' },
}

/** Fewer answers than this name somebody: nothing is shown of them. */
export const fewestAnswers = 5

/** How likely members are to recommend a shop, 0 to 10 each. */
export interface Promoters {
  readonly answers: number
  /** Share who answered 9 or 10, less the share who answered 0 to 6; -100 to 100, rounded to a whole number. */
  readonly score: number
}

/** The net promoter score (Reichheld 2003); null with fewer than five answers. */
export function promoters(counts: {
  readonly answers: number
  readonly promoting: number
  readonly detracting: number
}): Promoters | null {
  if (counts.answers < fewestAnswers) return null
  return { answers: counts.answers, score: Math.round((100 * (counts.promoting - counts.detracting)) / counts.answers) }
}
