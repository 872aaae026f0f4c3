import gammaln from '@stdlib/math-base-special-gammaln'

/** What decides how many purchases are still to come of a member who is alive, gaps being exponential. */
export interface WhileAlive {
  /** The rate's gamma distribution by now: shape r + x. */
  readonly shape: number
  /** The chance of leaving by now: beta distributed (leave, stay). */
  readonly leave: number
  readonly stay: number
  /** The span ahead divided by alpha + T. */
  readonly ahead: number
}

/**
 * Purchases expected over a span of a member who is alive at its beginning, and may leave after each of them:
 * sum_{n>=1} E[(1-p)^(n-1)] P(N >= n), N negative binomial. In closed form (Fader, Hardie and Lee 2005, equation 10, as
 * far as it speaks of the living)
 *
 *   c/e [1 - (1-z)^(r+x) 2F1(r+x, stay; c; z)],  c = leave + stay - 1, e = leave - 1, z = ahead / (1 + ahead),
 *
 * which overflows for large x and divides by zero at leave = 1. Euler's transformation of the 2F1 takes both away:
 * -[(c + e S) g + S] with S = sum_{k>=1} (A)_k (e+1)_(k-1) / ((c+1)_(k-1) k!) z^k, A = c - shape, and
 * g = ((1-z)^e - 1) / e, or ln(1-z) at e = 0. Where that series is long or cancels, the sum itself answers, and an
 * integral over p where that would be long.
 */
export function purchasesWhileAlive(given: WhileAlive): number {
  const { shape, leave, stay, ahead } = given
  if (!(ahead > 0)) return 0
  const z = ahead / (1 + ahead)
  const logLeft = -Math.log1p(ahead)
  const c = leave + stay - 1
  const e = leave - 1
  const bigA = c - shape
  let term = bigA * z
  let sum = term
  let largest = Math.abs(term)
  let k = 1
  const tail = z / (1 - z)
  for (; k < longestSeries; k += 1) {
    term *= (((bigA + k) * (e + k)) / ((c + k) * (k + 1))) * z
    sum += term
    const size = Math.abs(term)
    if (size > largest) largest = size
    if (size * tail <= 1e-17 * Math.abs(sum) && k > -bigA) break
    if (term === 0) break
  }
  const g = e === 0 ? logLeft : Math.expm1(e * logLeft) / e
  const purchases = -((c + e * sum) * g + sum)
  // The sum is exact to about 1e-16 of its largest part; where little is left of that, the integral has more.
  const rounding = 1e-16 * (Math.abs(c * g) + Math.abs(e * g * largest) + largest + Math.abs(e * sum * g))
  if (k < longestSeries && rounding < 1e-13 * purchases) return purchases
  if ((40 + shape) / (1 - z) < longestSum) return regularWhileAlive(given, 1, 0)
  // Where hardly anybody ever leaves, the integrand falls off too slowly to be of use.
  return leave < 1e-3 ? purchases : byIntegral(given)
}

const longestSeries = 5_000
const longestSum = 100_000

/**
 * The same as an integral: of (1 - (1 + p ahead)^-shape) / p over the beta distribution of p. With p = 1 / (1 + e^-y)
 * the integrand falls off exponentially on both sides, so the trapezoid rule converges as fast as any.
 */
export function byIntegral({ shape, leave, stay, ahead }: WhileAlive): number {
  const logOf = (y: number): number => {
    const logP = -Math.log1p(Math.exp(-Math.abs(y))) + Math.min(y, 0)
    const logRest = logP - y
    const p = Math.exp(logP)
    const grown = -Math.expm1(-shape * Math.log1p(p * ahead))
    return (leave - 1) * logP + stay * logRest + Math.log(grown)
  }
  return Math.exp(logIntegral(logOf, Math.log(leave / stay)) - logBeta(leave, stay))
}

/** ln of the integral over the real line of exp(logOf), a function with one hill, by the trapezoid rule. */
export function logIntegral(logOf: (y: number) => number, guess: number): number {
  const peak = hilltop(logOf, guess)
  const height = logOf(peak)
  const reach = (way: 1 | -1): number => {
    let width = 1
    while (logOf(peak + way * width) - height > -42 && width < 1e6) width *= 2
    let [inside, outside] = [width / 2, width]
    for (let halving = 0; halving < 8; halving += 1) {
      const middle = (inside + outside) / 2
      if (logOf(peak + way * middle) - height > -42) inside = middle
      else outside = middle
    }
    return peak + way * outside
  }
  const [from, to] = [reach(-1), reach(1)]
  let points = 32
  let sum = 0
  let before = Number.NaN
  const at = (index: number, of: number): number => Math.exp(logOf(from + ((to - from) * index) / of) - height)
  for (let index = 1; index < points; index += 1) sum += at(index, points)
  for (; points < 1 << 16; points *= 2) {
    const integral = (sum * (to - from)) / points
    if (Math.abs(integral - before) <= 1e-15 * integral) break
    before = integral
    for (let index = 1; index < 2 * points; index += 2) sum += at(index, 2 * points)
  }
  return height + Math.log((sum * (to - from)) / points)
}

/** Where a function with one hill is about highest: doubling steps uphill, then a golden section. */
function hilltop(of: (y: number) => number, guess: number): number {
  let [left, right] = [guess - 1, guess + 1]
  for (let step = 1; of(left) > of(left + step / 2) && step < 1e6; step *= 2) left -= step
  for (let step = 1; of(right) > of(right - step / 2) && step < 1e6; step *= 2) right += step
  const golden = (Math.sqrt(5) - 1) / 2
  for (let round = 0; round < 60 && right - left > 1e-3; round += 1) {
    const low = right - golden * (right - left)
    const high = left + golden * (right - left)
    if (of(low) < of(high)) left = low
    else right = high
  }
  return (left + right) / 2
}

/** ln B(one, other); for a large argument without the difference of two large logarithms of gamma. */
export function logBeta(one: number, other: number): number {
  const [small, large] = one < other ? [one, other] : [other, one]
  if (large < 20) return gammaln(small) + gammaln(large) - gammaln(small + large)
  const both = small + large
  const quotient = small - (large - 0.5) * Math.log1p(small / large) - small * Math.log(both)
  return gammaln(small) + quotient + stirling(large) - stirling(both)
}

/** What Stirling's formula lacks of ln gamma, for 20 and more (Abramowitz and Stegun 6.1.41). */
function stirling(x: number): number {
  const square = x * x
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / x
}

const mostPhases = 2_000_000

/**
 * Purchases ahead of a regular buyer who is alive. Of the k phases of the running gap j are over already, with weight
 * (shape)_j / j! ratio^j, ratio = (T - t_x) / (alpha + T); of the phases to come N is negative binomial with shape + j,
 * and m = floor((N + j) / k) purchases come of them at most, of which sum_{n<=m} E[(1-p)^(n-1)] are expected. All
 * terms are positive. (Own derivation from the model's assumptions; at k = 1 it is `purchasesWhileAlive`.)
 */
export function regularWhileAlive({ shape, leave, stay, ahead }: WhileAlive, k: number, ratio: number): number {
  if (!(ahead > 0)) return 0
  const z = ahead / (1 + ahead)
  let [weight, weights, total] = [1, 0, 0]
  for (let done = 0; done < k; done += 1) {
    if (done > 0) weight *= ((shape + done - 1) / done) * ratio
    weights += weight
    total += weight * phasesToPurchases({ shape: shape + done, leave, stay, z, k, done })
  }
  return total / weights
}

function phasesToPurchases(given: {
  readonly shape: number
  readonly leave: number
  readonly stay: number
  readonly z: number
  readonly k: number
  readonly done: number
}): number {
  const { shape, leave, stay, z, k, done } = given
  // Probabilities up to a factor, which their own sum takes out again.
  let [probability, probabilities, sum] = [1, 1, 0]
  let [purchases, chance, next] = [0, 1, 0]
  const mean = (shape * z) / (1 - z)
  let phase = done
  for (let n = 0; n < mostPhases; n += 1) {
    probability *= ((shape + n) / (n + 1)) * z
    phase += 1
    if (phase === k) {
      phase = 0
      purchases += chance
      chance *= (stay + next) / (leave + stay + next)
      next += 1
    }
    probabilities += probability
    sum += probability * purchases
    if (probabilities > 1e280) {
      probability /= 1e280
      probabilities /= 1e280
      sum /= 1e280
    }
    if (n > mean && probability * (purchases + n * chance) < 1e-17 * (1 - z) * sum) break
  }
  return sum / probabilities
}
