import { faultsOf, type Histories } from './histories.ts'

/**
 * Histories in canonical order (by x, t_x, T), so that sums do not depend on the order in which the rows came. On the
 * fast path equal histories are one row with a weight, and logarithms of times are looked up; on the general path every
 * history is a row of its own and nothing is looked up twice.
 */
export interface Cohort {
  readonly path: 'fast' | 'general'
  /** Members in all: the sum of the weights. */
  readonly members: number
  /** Members who came again. */
  readonly returning: number
  /** The mean age of all members; 1 where nobody has one. */
  readonly meanAge: number
  readonly repeats: Int32Array
  readonly lastAge: Float64Array
  readonly age: Float64Array
  readonly weight: Float64Array
  /** The row of each history, in the order in which they were given. */
  readonly rowOf: Uint32Array
  /** The times whose logarithms are needed, and where each row's two stand among them. */
  readonly times: Float64Array
  readonly lastAt: Int32Array
  readonly ageAt: Int32Array
  /** The distinct x in ascending order, how many members have each, and where each row's stands among them. */
  readonly counts: Int32Array
  readonly countWeight: Float64Array
  readonly countAt: Int32Array
  /** Sum over all members of the logarithms of gaps; undefined where the histories do not tell. */
  readonly logGaps: number | undefined
}

// Tables of a few MB; what is longer or finer takes the general path.
const longestTable = 1 << 20
const largestKey = 2 ** 53

/**
 * Puts histories in order. The fast path is taken where all times are whole numbers; `path` asks for the general one,
 * as the comparison of the two does. Histories that contradict themselves are a bug here: ask `faultsOf` before.
 */
export function cohortOf(histories: Histories, path?: 'general'): Cohort {
  const [fault] = faultsOf(histories)
  if (fault !== undefined) throw new Error(`history ${fault.row} cannot be: ${fault.code}`)
  const span = path === 'general' ? undefined : wholeSpan(histories)
  const ordered = span === undefined ? inOrder(histories) : merged(histories, span)
  const { repeats, lastAge, age, weight } = ordered
  let members = 0
  let [returning, ages] = [0, 0]
  for (let row = 0; row < repeats.length; row += 1) {
    members += weight[row] as number
    ages += (weight[row] as number) * (age[row] as number)
    if ((repeats[row] as number) > 0) returning += weight[row] as number
  }
  return {
    path: span === undefined ? 'general' : 'fast',
    members,
    returning,
    meanAge: ages > 0 ? ages / members : 1,
    ...ordered,
    ...(span === undefined ? ownTimes(lastAge, age) : sharedTimes(lastAge, age, span)),
    ...distinctCounts(repeats, weight),
    logGaps: sumOfLogGaps(histories),
  }
}

/** One more than the longest time, where all are whole and a key of x, t_x and T fits a double; else undefined. */
function wholeSpan({ repeats, lastAge, age }: Histories): number | undefined {
  let longest = 0
  let most = 0
  for (let row = 0; row < repeats.length; row += 1) {
    const end = age[row] as number
    if (!Number.isInteger(end) || !Number.isInteger(lastAge[row])) return undefined
    if (end > longest) longest = end
    if ((repeats[row] as number) > most) most = repeats[row] as number
  }
  const span = longest + 1
  return span > longestTable || (most + 1) * span * span >= largestKey ? undefined : span
}

type Ordered = Pick<Cohort, 'repeats' | 'lastAge' | 'age' | 'weight' | 'rowOf'>

function inOrder(histories: Histories): Ordered {
  const { repeats, lastAge, age } = histories
  const order = Uint32Array.from(repeats.keys()).sort((one, other) => {
    const byRepeats = (repeats[one] as number) - (repeats[other] as number)
    if (byRepeats !== 0) return byRepeats
    const byLast = (lastAge[one] as number) - (lastAge[other] as number)
    return byLast !== 0 ? byLast : (age[one] as number) - (age[other] as number)
  })
  const rowOf = new Uint32Array(order.length)
  for (let row = 0; row < order.length; row += 1) rowOf[order[row] as number] = row
  return {
    repeats: Int32Array.from(order, (from) => repeats[from] as number),
    lastAge: Float64Array.from(order, (from) => lastAge[from] as number),
    age: Float64Array.from(order, (from) => age[from] as number),
    weight: Float64Array.from(order, (from) => histories.weight?.[from] ?? 1),
    rowOf,
  }
}

/** Merges equal histories: a hash table of packed keys, whose distinct ones are then sorted. */
function merged(histories: Histories, span: number): Ordered {
  const { repeats, lastAge, age } = histories
  const size = 2 ** Math.ceil(Math.log2(Math.max(repeats.length, 4) * 1.5))
  const slots = new Float64Array(size).fill(-1)
  const keyOf = (from: number): number =>
    ((repeats[from] as number) * span + (lastAge[from] as number)) * span + (age[from] as number)
  // The slot of each history at first, and its row in the end.
  const rowOf = new Uint32Array(repeats.length)
  let distinct = 0
  for (let from = 0; from < repeats.length; from += 1) {
    const key = keyOf(from)
    const slot = slotOf(slots, key)
    rowOf[from] = slot
    if (slots[slot] === key) continue
    slots[slot] = key
    distinct += 1
  }
  const keys = new Float64Array(distinct)
  for (let slot = 0, next = 0; slot < size; slot += 1) {
    if ((slots[slot] as number) >= 0) keys[next++] = slots[slot] as number
  }
  keys.sort()
  const rowAt = new Uint32Array(size)
  for (let row = 0; row < distinct; row += 1) rowAt[slotOf(slots, keys[row] as number)] = row
  const weight = new Float64Array(distinct)
  for (let from = 0; from < repeats.length; from += 1) {
    const row = rowAt[rowOf[from] as number] as number
    rowOf[from] = row
    weight[row] = (weight[row] as number) + (histories.weight === undefined ? 1 : (histories.weight[from] as number))
  }
  return { ...unpacked(keys, span), weight, rowOf }
}

/** The slot that holds this key, or the free one where it belongs. */
function slotOf(slots: Float64Array, key: number): number {
  const mask = slots.length - 1
  const low = (key % 4_294_967_296) | 0
  const high = (key / 4_294_967_296) | 0
  let mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
  mixed ^= mixed >>> 15
  let slot = Math.imul(mixed, 0xc2b2ae35) >>> 7
  slot &= mask
  while ((slots[slot] as number) >= 0 && slots[slot] !== key) slot = (slot + 1) & mask
  return slot
}

function unpacked(keys: Float64Array, span: number): Pick<Cohort, 'repeats' | 'lastAge' | 'age'> {
  const repeats = new Int32Array(keys.length)
  const lastAge = new Float64Array(keys.length)
  const age = new Float64Array(keys.length)
  for (let row = 0; row < keys.length; row += 1) {
    const key = keys[row] as number
    const rest = Math.floor(key / span)
    age[row] = key - rest * span
    repeats[row] = Math.floor(rest / span)
    lastAge[row] = rest - (repeats[row] as number) * span
  }
  return { repeats, lastAge, age }
}

type Times = Pick<Cohort, 'times' | 'lastAt' | 'ageAt'>

function sharedTimes(lastAge: Float64Array, age: Float64Array, span: number): Times {
  return { times: Float64Array.from({ length: span }, (_, time) => time), ...whole(lastAge, age) }
}

const whole = (lastAge: Float64Array, age: Float64Array) => ({
  lastAt: Int32Array.from(lastAge),
  ageAt: Int32Array.from(age),
})

function ownTimes(lastAge: Float64Array, age: Float64Array): Times {
  const rows = age.length
  const times = new Float64Array(2 * rows)
  times.set(lastAge)
  times.set(age, rows)
  return {
    times,
    lastAt: Int32Array.from({ length: rows }, (_, row) => row),
    ageAt: Int32Array.from({ length: rows }, (_, row) => rows + row),
  }
}

function distinctCounts(repeats: Int32Array, weight: Float64Array) {
  const counts: number[] = []
  const countWeight: number[] = []
  const countAt = new Int32Array(repeats.length)
  for (let row = 0; row < repeats.length; row += 1) {
    const count = repeats[row] as number
    if (counts.at(-1) !== count) {
      counts.push(count)
      countWeight.push(0)
    }
    const last = counts.length - 1
    countWeight[last] = (countWeight[last] as number) + (weight[row] as number)
    countAt[row] = last
  }
  return { counts: Int32Array.from(counts), countWeight: Float64Array.from(countWeight), countAt }
}

/** Summed from the smallest to the largest, so that the order of the rows does not show. */
function sumOfLogGaps({ logGaps, weight }: Histories): number | undefined {
  if (logGaps === undefined) return undefined
  return logGaps
    .map((gaps, row) => gaps * (weight?.[row] ?? 1))
    .sort()
    .reduce((sum, gaps) => sum + gaps, 0)
}
