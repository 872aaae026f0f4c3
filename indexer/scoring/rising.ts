import digamma from '@stdlib/math-base-special-digamma'
import gammaln from '@stdlib/math-base-special-gammaln'

/**
 * ln of the rising factorial (base)_m = base (base + 1) ... (base + m - 1) = gamma(base + m) / gamma(base), for the
 * counts m that a cohort has, and its derivative by base, the sum of 1 / (base + i).
 */
export class Rising {
  readonly log: Float64Array
  readonly slope: Float64Array
  private readonly counts: Int32Array
  private readonly path: 'fast' | 'general'

  /** `counts` ascending. On the fast path sums run through all counts; on the general one each is a difference. */
  constructor(counts: Int32Array, path: 'fast' | 'general') {
    this.counts = counts
    this.path = path
    this.log = new Float64Array(counts.length)
    this.slope = new Float64Array(counts.length)
  }

  of(base: number): void {
    if (this.path === 'fast') this.runThrough(base)
    else this.oneByOne(base)
  }

  private oneByOne(base: number): void {
    const [logAtBase, slopeAtBase] = [gammaln(base), digamma(base)]
    for (let index = 0; index < this.counts.length; index += 1) {
      const count = this.counts[index] as number
      this.log[index] = count === 0 ? 0 : gammaln(base + count) - logAtBase
      this.slope[index] = count === 0 ? 0 : digamma(base + count) - slopeAtBase
    }
  }

  private runThrough(base: number): void {
    let log = 0
    let slope = 0
    let from = 0
    for (let index = 0; index < this.counts.length; index += 1) {
      const count = this.counts[index] as number
      // Over a wide gap two logarithms of gamma are quicker and gather less error than a long sum.
      if (count - from > longGap && from > longGap) {
        log += gammaln(base + count) - gammaln(base + from)
        slope += digamma(base + count) - digamma(base + from)
      } else {
        let product = 1
        for (let term = from; term < count; term += 1) {
          const factor = base + term
          product *= factor
          slope += 1 / factor
          if (product > 1e200 || product < 1e-200) {
            log += Math.log(product)
            product = 1
          }
        }
        log += Math.log(product)
      }
      from = count
      this.log[index] = log
      this.slope[index] = slope
    }
  }
}

const longGap = 64

/** ln gamma(base + count) - ln gamma(base) for one count, by a short product where that is exact. */
export function logRising(base: number, count: number): number {
  if (count > longGap) return gammaln(base + count) - gammaln(base)
  let log = 0
  let product = 1
  for (let term = 0; term < count; term += 1) {
    product *= base + term
    if (product > 1e200 || product < 1e-200) {
      log += Math.log(product)
      product = 1
    }
  }
  return log + Math.log(product)
}
