/** Points and weights of the Gauss-Legendre rule on [0, 1]. */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/** Roots of the Legendre polynomial by Newton's method from their asymptotic places (Abramowitz and Stegun 22.16.6). */
export function gaussLegendre(size: number): Quadrature {
  const points = new Float64Array(size)
  const weights = new Float64Array(size)
  for (let index = 0; index < size; index += 1) {
    let root = Math.cos((Math.PI * (index + 0.75)) / (size + 0.5))
    let slope = 0
    for (let round = 0; round < 100; round += 1) {
      let [before, value] = [1, root]
      for (let degree = 2; degree <= size; degree += 1) {
        const next = ((2 * degree - 1) * root * value - (degree - 1) * before) / degree
        before = value
        value = next
      }
      slope = (size * (root * value - before)) / (root * root - 1)
      const move = value / slope
      root -= move
      if (Math.abs(move) < 1e-16) break
    }
    points[size - 1 - index] = (1 + root) / 2
    weights[size - 1 - index] = 1 / ((1 - root * root) * slope * slope)
  }
  return { points, weights }
}
