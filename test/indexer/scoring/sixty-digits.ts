// Arithmetic in whole numbers, sixty digits behind the point: what the scores are compared with where they must be
// exact.
const digits = 60n
const one = 10n ** digits

/** A decimal number as it is written, not as a double has it. */
export function exactly(text: string): bigint {
  const [, sign, whole = '0', rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (sign === undefined) throw new Error(`${text} is no decimal`)
  const value = BigInt(whole) * one + BigInt(rest.padEnd(Number(digits), '0'))
  return sign === '-' ? -value : value
}

export const whole = (value: number): bigint => BigInt(value) * one
export const times = (left: bigint, right: bigint): bigint => (left * right) / one
export const over = (left: bigint, right: bigint): bigint => (left * one) / right
export const asNumber = (value: bigint): number => Number(value / 10n ** (digits - 30n)) / 1e30

function logOfReduced(value: bigint): bigint {
  const ratio = over(value - one, value + one)
  const square = times(ratio, ratio)
  let [power, sum] = [ratio, 0n]
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n
    power = times(power, square)
  }
  return 2n * sum
}

const logTwo = logOfReduced(2n * one)

export function ln(value: bigint): bigint {
  if (value <= 0n) throw new Error('no logarithm')
  let [rest, twos] = [value, 0n]
  for (; rest > (3n * one) / 2n; rest /= 2n) twos += 1n
  for (; rest < (3n * one) / 4n; rest *= 2n) twos -= 1n
  return twos * logTwo + logOfReduced(rest)
}

export function exp(value: bigint): bigint {
  const twos = value / logTwo - (value < 0n ? 1n : 0n)
  const rest = value - twos * logTwo
  let [term, sum] = [one, one]
  for (let n = 1n; term !== 0n; n += 1n) {
    term = times(term, rest) / n
    sum += term
  }
  return twos >= 0n ? sum << twos : sum >> -twos
}

export const power = (base: bigint, exponent: bigint): bigint => exp(times(exponent, ln(base)))
export const unit = one
