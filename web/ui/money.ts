/**
 * The one place where points and money become words. Points are hundredths of a point, money is in the smallest units
 * of the settlement money; both stay bigint until the last step, and what is cut off is cut in the name.
 */
export interface MoneyFormat {
  readonly locale: string
  readonly currency: string
  /** Decimals of the settlement money. */
  readonly decimals: number
  /** Money units per 0.01 point. */
  readonly par: bigint
}

const cut = new Map<string, Intl.NumberFormat>()

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = cut.get(key)
  if (known) return known
  const made = new Intl.NumberFormat(locale, options)
  cut.set(key, made)
  return made
}

/** A whole number with its point put in: 1250 with 2 decimals is "12.50". Intl reads it without losing a digit. */
function decimalText(units: bigint, decimals: number): Intl.StringNumericLiteral {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const rest = decimals > 0 ? `.${digits.slice(digits.length - decimals)}` : ''
  return `${units < 0n ? '-' : ''}${whole}${rest}` as Intl.StringNumericLiteral
}

/** "€12.50", cut to cents towards zero: nobody is shown a cent that is not there. */
export function formatMoneyDown(units: bigint, format: MoneyFormat): string {
  return numberFormat(format.locale, {
    style: 'currency',
    currency: format.currency,
    roundingMode: 'trunc',
  }).format(decimalText(units, format.decimals))
}

/**
 * "€1,127": what is expected, in whole units of the currency, half to even, since its cents would be invented. `signs`
 * always puts a plus or a minus before it.
 */
export function formatMoneyRough(units: bigint, format: MoneyFormat, signs: 'auto' | 'exceptZero' = 'auto'): string {
  return numberFormat(format.locale, {
    style: 'currency',
    currency: format.currency,
    maximumFractionDigits: 0,
    roundingMode: 'halfEven',
    signDisplay: signs,
  }).format(decimalText(units, format.decimals))
}

/** With a plus where it is a gain: "+€3.20", "−€3.20". */
export function formatMoneySignedDown(units: bigint, format: MoneyFormat): string {
  return numberFormat(format.locale, {
    style: 'currency',
    currency: format.currency,
    roundingMode: 'trunc',
    signDisplay: 'exceptZero',
  }).format(decimalText(units, format.decimals))
}

/** Every decimal that is not zero, at least cents: for books that must agree to the last unit. */
export function formatMoneyExact(units: bigint, format: MoneyFormat): string {
  return numberFormat(format.locale, {
    style: 'currency',
    currency: format.currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: format.decimals,
  }).format(decimalText(units, format.decimals))
}

/** "12.50" or "12": the number of points without the word. */
export function formatPointNumber(hundredths: bigint, format: MoneyFormat): string {
  const whole = hundredths % 100n === 0n
  return numberFormat(format.locale, { minimumFractionDigits: whole ? 0 : 2, maximumFractionDigits: 2 }).format(
    decimalText(hundredths, 2),
  )
}

/** Two decimals always, for columns. */
export function formatPointColumn(hundredths: bigint, format: MoneyFormat): string {
  return numberFormat(format.locale, { minimumFractionDigits: 2 }).format(decimalText(hundredths, 2))
}

export function formatPoints(hundredths: bigint, format: MoneyFormat): string {
  const one = hundredths === 100n || hundredths === -100n
  return `${formatPointNumber(hundredths, format)} ${one ? 'point' : 'points'}`
}

export function formatCount(count: number | bigint, format: MoneyFormat): string {
  return numberFormat(format.locale, {}).format(count)
}

/** A share as "62 %", cut downwards: cover is never shown better than it is. */
export function formatShareDown(share: number, format: MoneyFormat): string {
  return numberFormat(format.locale, { style: 'percent', maximumFractionDigits: 0, roundingMode: 'floor' }).format(
    share,
  )
}

/** What points are worth at every shop of the street, in money units. */
export function valueOfPoints(hundredths: bigint, format: MoneyFormat): bigint {
  return hundredths * format.par
}

/** Money units in one minor unit of the currency: a cent. */
export function unitsPerCent(format: MoneyFormat): bigint {
  return 10n ** BigInt(format.decimals - 2)
}

export function moneyOfCents(cents: bigint, format: MoneyFormat): bigint {
  return cents * unitsPerCent(format)
}

/** The points that pay exactly this many cents, or null where the par value does not divide a cent. */
export function pointsForCents(cents: bigint, format: MoneyFormat): bigint | null {
  const units = moneyOfCents(cents, format)
  return units % format.par === 0n ? units / format.par : null
}

/** Whole cents that these points can pay. */
export function centsForPointsDown(hundredths: bigint, format: MoneyFormat): bigint {
  return valueOfPoints(hundredths, format) / unitsPerCent(format)
}

/** "12.50" or "12,5" as typed into a field, in cents; null when it is not an amount. */
export function centsTyped(text: string): bigint | null {
  const match = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.trim().replace(/[€\s]/g, ''))
  if (!match) return null
  return BigInt(match[1] ?? '0') * 100n + BigInt((match[2] ?? '').padEnd(2, '0'))
}
