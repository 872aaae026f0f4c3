// P(alive) and what is expected, against the same quantities summed with sixty digits: sums of positive terms for the
// beta-geometric models, the published difference of two 2F1 for Pareto/NBD.
import { describe, expect, test } from 'vitest'
import { type FittedPurchases, outlookOf } from '#indexer/scoring/purchase-models.ts'
import { asNumber, exactly, over, power, times, unit, whole } from './sixty-digits.ts'

const members = [
  { x: 0, last: '0', age: '38.86' },
  { x: 0, last: '0', age: '0' },
  { x: 1, last: '0.14', age: '38' },
  { x: 2, last: '30.43', age: '38.86' },
  { x: 5, last: '5', age: '5' },
  { x: 26, last: '30.86', age: '31' },
  { x: 29, last: '12.5', age: '90' },
  { x: 132, last: '200', age: '200' },
  { x: 400, last: '100', age: '104' },
] as const
type Member = (typeof members)[number]
const spans = ['1', '39', '104'] as const

const numbers = (named: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(named).map(([name, text]) => [name, Number(text)]))

function expectSame(fitted: FittedPurchases, member: Member, span: string, exact: { alive: bigint; expected: bigint }) {
  const outlook = outlookOf(fitted)
  const [last, age] = [Number(member.last), Number(member.age)]
  const alive = outlook.alive(member.x, last, age)
  const expected = alive * outlook.ahead(member.x, last, age, Number(span))
  const what = `${fitted.model} x ${member.x}, t_x ${member.last}, T ${member.age}, t ${span}`
  expect(Math.abs(alive - asNumber(exact.alive)), `P(alive): ${what}`).toBeLessThan(1e-9)
  const near = 1e-9 * Math.max(asNumber(exact.expected), 1e-3)
  expect(Math.abs(expected - asNumber(exact.expected)), `expected: ${what}`).toBeLessThan(near)
}

interface Exact {
  readonly r: bigint
  readonly alpha: bigint
  readonly a: bigint
  readonly b: bigint
  readonly k: number
}

/** sum over phases of negative binomial chances, times purchases expected among them, all terms positive. */
function aheadOf({ a, k }: Exact, shape: bigint, stay: bigint, z: bigint, done: number): bigint {
  let [chance, chances, sum] = [unit, unit, 0n]
  let [purchases, stays, next] = [0n, unit, 0n]
  let phase = done
  for (let n = 0n; n < 20_000n; n += 1n) {
    chance = times(times(chance, z), over(shape + n * unit, (n + 1n) * unit))
    phase += 1
    if (phase === k) {
      phase = 0
      purchases += stays
      stays = times(stays, over(stay + next * unit, a + stay + next * unit))
      next += 1n
    }
    chances += chance
    sum += times(chance, purchases)
    if (chance * 10n ** 25n < chances) break
  }
  return over(sum, chances)
}

function exactBetaGeometric(model: 'bg' | 'mbg' | 'cnbd', given: Exact, member: Member, span: string) {
  const { r, alpha, a, b, k } = given
  const [x, last, age] = [whole(member.x), exactly(member.last), exactly(member.age)]
  const shape = r + BigInt(k) * x
  const stay = model === 'bg' ? b + x - unit : b + x
  const ratio = over(age - last, alpha + age)
  const z = over(exactly(span), alpha + age + exactly(span))
  let [weight, waited, ahead] = [unit, 0n, 0n]
  for (let done = 0; done < k; done += 1) {
    if (done > 0) weight = times(times(weight, ratio), over(shape + BigInt(done - 1) * unit, whole(done)))
    waited += weight
    ahead += times(weight, aheadOf(given, shape + whole(done), stay + unit, z, done))
  }
  const grown = power(over(alpha + age, alpha + last), shape)
  const odds = model === 'bg' && member.x === 0 ? 0n : over(times(over(a, stay), grown), waited)
  const alive = over(unit, unit + odds)
  return { alive, expected: times(alive, over(ahead, waited)) }
}

describe.each([
  { model: 'bg', r: '0.243', alpha: '4.414', a: '0.793', b: '2.426', k: 1 },
  { model: 'bg', r: '0.6', alpha: '6.1', a: '1', b: '1.6', k: 1 },
  { model: 'bg', r: '12.5', alpha: '3', a: '0.2', b: '0.3', k: 1 },
  { model: 'mbg', r: '0.525', alpha: '6.183', a: '0.891', b: '1.614', k: 1 },
  { model: 'mbg', r: '2', alpha: '40', a: '1.0000001', b: '30', k: 1 },
  { model: 'cnbd', r: '0.85', alpha: '4.4', a: '0.14', b: '1.9', k: 2 },
  { model: 'cnbd', r: '1.4', alpha: '1.2', a: '1', b: '4', k: 4 },
] as const)('$model with r $r, a $a, k $k', ({ model, k, ...named }) => {
  const { r, alpha, a, b } = named
  const given = { r: exactly(r), alpha: exactly(alpha), a: exactly(a), b: exactly(b), k }
  const parameters = numbers({ r, alpha, a, b }) as { r: number; alpha: number; a: number; b: number }
  const fitted: FittedPurchases = model === 'cnbd' ? { model, parameters: { k, ...parameters } } : { model, parameters }

  test.each(members)('x $x, t_x $last, T $age', (member) => {
    for (const span of spans) expectSame(fitted, member, span, exactBetaGeometric(model, given, member, span))
  })
})

interface ExactPareto {
  readonly r: bigint
  readonly alpha: bigint
  readonly s: bigint
  readonly beta: bigint
}

/** F(t) of Fader and Hardie's note: 2F1(r+s+x, second; r+s+x+1; z) / (larger + t)^(r+s+x), z between 0 and 1. */
function published({ r, alpha, s, beta }: ExactPareto, x: bigint, time: bigint): bigint {
  const [larger, smaller, second] = alpha >= beta ? [alpha, beta, s + unit] : [beta, alpha, r + x]
  const all = r + s + x
  const z = over(larger - smaller, larger + time)
  let [term, sum] = [unit, unit]
  for (let k = 0n; k < 20_000n && term > 10n ** 10n; k += 1n) {
    const grown = over(times(all + k * unit, second + k * unit), times(all + (k + 1n) * unit, (k + 1n) * unit))
    term = times(times(term, grown), z)
    sum += term
  }
  // Divided by the power at t = 0, which is the same for both and else too small for sixty digits.
  return times(sum, power(over(larger, larger + time), all))
}

function exactPareto(given: ExactPareto, member: Member, span: string) {
  const { r, alpha, s, beta } = given
  const [x, last, age] = [whole(member.x), exactly(member.last), exactly(member.age)]
  const all = r + s + x
  const larger = alpha >= beta ? alpha : beta
  const a0 = published(given, x, last) - published(given, x, age)
  const scale = times(power(over(alpha + age, larger), r + x), power(over(beta + age, larger), s))
  const alive = over(unit, unit + times(over(s, all), times(a0, scale)))
  const lived = power(over(beta + age, beta + age + exactly(span)), s - unit)
  const ahead = over(times(over(times(r + x, beta + age), alpha + age), unit - lived), s - unit)
  return { alive, expected: times(alive, ahead) }
}

describe.each([
  { r: '0.553', alpha: '10.578', s: '0.606', beta: '11.669' },
  { r: '1.7', alpha: '30', s: '2.5', beta: '9' },
  { r: '0.3', alpha: '5', s: '0.2', beta: '60' },
])('pareto with alpha $alpha, beta $beta', (named) => {
  const { r, alpha, s, beta } = named
  const given = { r: exactly(r), alpha: exactly(alpha), s: exactly(s), beta: exactly(beta) }
  const parameters = numbers(named) as { r: number; alpha: number; s: number; beta: number }

  // From x = 132 on the published difference needs more than sixty digits: it is why ours is an integral.
  test.each(members.filter(({ x }) => x < 100))('x $x, t_x $last, T $age', (member) => {
    for (const span of spans) {
      expectSame({ model: 'pareto', parameters }, member, span, exactPareto(given, member, span))
    }
  })
})
