import type { Matrix } from './minimise.ts'

/** The inverse of a symmetric positive definite matrix by its Cholesky factor; undefined where it is not that. */
export function inverseOf(matrix: Matrix): Matrix | undefined {
  const size = matrix.length
  const factor = factorOf(matrix)
  if (factor === undefined) return undefined
  const columns = Array.from({ length: size }, (_, column) => {
    const unit = new Float64Array(size)
    unit[column] = 1
    return solved(factor, unit)
  })
  return columns.map((row, i) => row.map((part, j) => (part + (columns[j]?.[i] as number)) / 2))
}

/** The lower triangle L with L L' = matrix. */
function factorOf(matrix: Matrix): Matrix | undefined {
  const size = matrix.length
  const factor = Array.from({ length: size }, () => new Float64Array(size))
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let rest = matrix[i]?.[j] as number
      for (let k = 0; k < j; k += 1) rest -= (factor[i]?.[k] as number) * (factor[j]?.[k] as number)
      const row = factor[i] as Float64Array
      if (i !== j) row[j] = rest / (factor[j]?.[j] as number)
      else if (rest > 1e-12 * Math.abs(matrix[i]?.[i] as number)) row[i] = Math.sqrt(rest)
      else return undefined
    }
  }
  return factor
}

function solved(factor: Matrix, right: Float64Array): Float64Array {
  const size = factor.length
  const answer = right.slice()
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1)
      answer[i] = (answer[i] as number) - (factor[i]?.[k] as number) * (answer[k] as number)
    answer[i] = (answer[i] as number) / (factor[i]?.[i] as number)
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) {
      answer[i] = (answer[i] as number) - (factor[k]?.[i] as number) * (answer[k] as number)
    }
    answer[i] = (answer[i] as number) / (factor[i]?.[i] as number)
  }
  return answer
}
