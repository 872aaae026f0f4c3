/**
 * A double as C writes it with %a, such as 0x1.91eb851eb851fp+1: every bit of it, in a form that no reader rounds.
 * Parameters are kept so, since a decimal that looks the same need not be the same number.
 */
export function hexFloat(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no parameter`)
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const word = bits.getBigUint64(0)
  const sign = word >> 63n === 1n ? '-' : ''
  const exponent = Number((word >> 52n) & 0x7ffn)
  const fraction = (word & 0xfffffffffffffn).toString(16).padStart(13, '0').replace(/0+$/, '')
  const digits = fraction === '' ? '' : `.${fraction}`
  if (exponent === 0) return fraction === '' ? `${sign}0x0p+0` : `${sign}0x0${digits}p-1022`
  const power = exponent - 1023
  return `${sign}0x1${digits}p${power < 0 ? '-' : '+'}${Math.abs(power)}`
}

const form = /^(-?)0x([01])(?:\.([0-9a-f]{1,13}))?p([+-]\d{1,4})$/

/** The number that `hexFloat` wrote; undefined where the text is none. */
export function parseHexFloat(text: string): number | undefined {
  const [, sign, lead, fraction = '', power] = form.exec(text) ?? []
  if (lead === undefined) return undefined
  const digits = Number.parseInt(fraction.padEnd(13, '0'), 16) / 2 ** 52
  // In two steps, since 2^-1074 is less than any power that a single factor could hold exactly.
  const half = Math.trunc(Number(power) / 2)
  const value = (Number(lead) + digits) * 2 ** half * 2 ** (Number(power) - half)
  return sign === '-' ? -value : value
}
