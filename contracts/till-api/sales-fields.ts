/** Why a field of a row cannot be used. The code is stable; the sentence is for the person who has the file. */
export interface Fault {
  readonly code: string
  readonly sentence: string
}

export type Read<Value> = { readonly value: Value } | { readonly fault: Fault }

const fault = (code: string, sentence: string): { readonly fault: Fault } => ({ fault: { code, sentence } })

/** The most a receipt can carry on the chain: 48 bits of cents. */
export const largestSpend = 2n ** 48n - 1n

/** Cents from a plain decimal with a point and at most two digits after it. Nothing is rounded and nothing guessed. */
export function readAmount(text: string): Read<bigint> {
  if (text === '') return fault('amountMissing', 'the amount is missing')
  if (/^-/.test(text)) return fault('amountNegative', 'an amount cannot be negative')
  if (/^\d+[eE][+-]?\d+$|^\d*\.\d+[eE]/.test(text))
    return fault('amountExponent', 'an amount is written without exponent')
  const parts = /^(\d+)(?:\.(\d*))?$/.exec(text)
  if (parts === null || parts[2] === '') return fault('amountNotDecimal', 'an amount looks like 12.50')
  const [, whole = '', cents = ''] = parts
  if (cents.length > 2) return fault('amountTooPrecise', 'an amount has at most two decimals')
  if (whole.length > 15) return fault('amountTooLarge', 'the amount is larger than a receipt can carry')
  const spend = BigInt(whole) * 100n + BigInt(cents.padEnd(2, '0'))
  return spend > largestSpend
    ? fault('amountTooLarge', 'the amount is larger than a receipt can carry')
    : { value: spend }
}

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/
const compactPattern = /^(\d{4})(\d{2})(\d{2})$/
const clockAheadSeconds = 600

/**
 * Seconds UTC from an ISO 8601 date or time, or from YYYYMMDD. A date alone is its first second; a time without a
 * zone is UTC.
 */
export function readTime(text: string, now: Date): Read<number> {
  if (text === '') return fault('timeMissing', 'the time of sale is missing')
  const parts = isoPattern.exec(text) ?? compactPattern.exec(text)
  if (parts === null) return fault('timeNotReadable', 'a time looks like 2026-05-31, 2026-05-31T14:05:00Z or 20260531')
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0))
  const [y, m, d, h, min, s] = [year ?? 0, month ?? 0, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0]
  const civil = new Date(Date.UTC(y, m - 1, d, h, min, s))
  const onCalendar = civil.getUTCFullYear() === y && civil.getUTCMonth() === m - 1 && civil.getUTCDate() === d
  if (!onCalendar || h > 23 || min > 59 || s > 59) return fault('timeNotOnCalendar', 'there is no such day or time')
  const offset = offsetSeconds(parts[7])
  if (offset === undefined) return fault('timeNotReadable', 'there is no such offset from UTC')
  const seconds = civil.getTime() / 1000 - offset
  if (seconds < 0) return fault('timeBefore1970', 'a sale before 1970 cannot be kept')
  if (seconds > now.getTime() / 1000 + clockAheadSeconds)
    return fault('timeInFuture', 'the time of sale is still to come')
  return { value: seconds }
}

function offsetSeconds(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3_600 + minutes * 60)
}

/** Who bought: any text that the shop knows the customer by. */
export function readMember(text: string): Read<string> {
  if (text === '') return fault('memberMissing', 'the member is missing')
  if (text.length > 100) return fault('memberTooLong', 'a member’s name or number has at most 100 characters')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that are looked for
  return /[\u0000-\u001f\u007f]/.test(text)
    ? fault('memberUnprintable', 'a member’s name or number holds no control characters')
    : { value: text }
}

/** The highest receipt number: what Postgres keeps as a bigint, with room for a batch after it. */
const highestReceipt = 2n ** 63n - 1_000n

export function readReceipt(text: string): Read<bigint | undefined> {
  if (text === '') return { value: undefined }
  if (!/^\d{1,19}$/.test(text)) return fault('receiptNotWhole', 'a receipt number is a whole number')
  const receipt = BigInt(text)
  return receipt === 0n || receipt > highestReceipt
    ? fault('receiptOutOfRange', `a receipt number lies between 1 and ${highestReceipt}`)
    : { value: receipt }
}

export function readShop(text: string): Read<string> {
  if (text === '') return fault('shopMissing', 'the shop is missing')
  return text.length > 80 ? fault('shopTooLong', 'a shop’s name has at most 80 characters') : { value: text }
}
