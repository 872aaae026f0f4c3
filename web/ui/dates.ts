/** A street has one clock: dates are written in its time zone, so that a page reads the same wherever it is made. */
export interface DateFormat {
  readonly locale: string
  readonly timeZone: string
}

const made = new Map<string, Intl.DateTimeFormat>()

function dateFormat(format: DateFormat, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${format.locale} ${format.timeZone} ${JSON.stringify(options)}`
  const known = made.get(key)
  if (known) return known
  const fresh = new Intl.DateTimeFormat(format.locale, { timeZone: format.timeZone, ...options })
  made.set(key, fresh)
  return fresh
}

export function formatTime(at: Date, format: DateFormat): string {
  return dateFormat(format, { hour: '2-digit', minute: '2-digit' }).format(at)
}

/** "14 March", with the year only where it is another one. */
export function formatDay(at: Date, now: Date, format: DateFormat): string {
  const year = at.getUTCFullYear() === now.getUTCFullYear() ? {} : ({ year: 'numeric' } as const)
  return dateFormat(format, { day: 'numeric', month: 'long', ...year }).format(at)
}

export function formatShortDay(at: Date, format: DateFormat): string {
  return dateFormat(format, { day: 'numeric', month: 'short' }).format(at)
}

export function formatDayWithYear(at: Date, format: DateFormat): string {
  return dateFormat(format, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}

/** A key that is equal for moments of one day of the street. */
export function dayKey(at: Date, format: DateFormat): string {
  return dateFormat({ ...format, locale: 'en-CA' }, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}

/** "14:05", with the day where it is not today's. */
export function formatMoment(at: Date, now: Date, format: DateFormat): string {
  const time = formatTime(at, format)
  return dayKey(at, format) === dayKey(now, format) ? time : `${formatShortDay(at, format)}, ${time}`
}

/** "Today", "Yesterday", else the day. */
export function formatDayHeading(at: Date, now: Date, format: DateFormat): string {
  const key = dayKey(at, format)
  if (key === dayKey(now, format)) return 'Today'
  if (key === dayKey(new Date(now.getTime() - 86_400_000), format)) return 'Yesterday'
  return dateFormat(format, { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
}

const DAY_MILLISECONDS = 86_400_000

/** "in 12 days", "in 5 weeks", "in 4 months". */
export function formatDistance(at: Date, now: Date, format: DateFormat): string {
  const days = Math.round((at.getTime() - now.getTime()) / DAY_MILLISECONDS)
  const words = new Intl.RelativeTimeFormat(format.locale, { numeric: 'auto' })
  if (Math.abs(days) < 21) return words.format(days, 'day')
  if (Math.abs(days) < 70) return words.format(Math.round(days / 7), 'week')
  return words.format(Math.round(days / 30.44), 'month')
}
