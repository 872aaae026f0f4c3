import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import type { Progress } from '../street/progress.ts'
import type { Figure } from './figure.ts'
import { type Books, examine, rememberSupplies, type Sent, untilFinal, watchFinality } from './till/books.ts'
import { type Outcome, sendAll } from './till/load.ts'
import { type BenchStreet, type Killable, openBenchStreet } from './till/own-street.ts'
import {
  type BenchMember,
  BenchTill,
  memberWithKey,
  memberWithPasskey,
  newApiKey,
  type Prepared,
  wired,
} from './till/requests.ts'

export interface TillAsked {
  readonly seconds: number
  readonly rate: number
  /** Of a hundred requests so many are purchases; the others are payments. */
  readonly purchases: number
  readonly kill: readonly Killable[]
}

const membersOfEach = 40
const pointsGiven = 2_000n
const pointsOfSale = 10n
const pointsOfPayment = 5n
const listSeconds = 1

/** Runs the load against a street of its own, then the books. Throws where a receipt was lost or doubled. */
export async function tillFigures(asked: TillAsked, progress: Progress): Promise<readonly Figure[]> {
  const street = await openBenchStreet('.cache/bench-till', progress)
  try {
    const ground = await progress.during('giving members points to pay with', () => prepareGround(street))
    const prepared = await progress.during('signing every request beforehand', () => prepare(asked, ground))
    await untilFinal(street.database.pool, 60_000)
    const supplyBefore = await rememberSupplies(street)
    const finality = watchFinality(street.database.pool)
    const load = `${asked.rate} requests/s for ${asked.seconds} s`
    const before = { cpu: street.cpuSeconds(), own: process.cpuUsage(), at: performance.now() }
    const outcomes = await progress.during(load, async (detail) => {
      const killing = killNowAndThen(street, asked)
      const common = { origin: street.origin, apiKeys: ground.apiKeys, patienceMs: 60_000, detail }
      const all = await sendAll(prepared, { ...common, ratePerSecond: asked.rate })
      await killing
      return all
    })
    const used = cpuShares(street, before)
    await progress.during('waiting until everything is final', () => untilFinal(street.database.pool, 90_000))
    await sleep(2_500)
    const seen = await finality.stop()
    const books = await examine(street, { outcomes, sentOf, finality: seen, supplyBefore })
    return report({ asked, outcomes, books, used })
  } finally {
    await street.close()
  }
}

interface Ground {
  readonly street: BenchStreet
  readonly tills: readonly BenchTill[]
  readonly members: readonly BenchMember[]
  readonly tokens: ReadonlyMap<number, Hex>
  readonly apiKeys: ReadonlyMap<number, string>
}

/** Members with points of every shop, who have paid once; a key of the API for every shop. */
async function prepareGround(street: BenchStreet): Promise<Ground> {
  const { database, deployment } = street
  const db = database.pool
  const keys = new Map<number, string>()
  for (const shop of new Set(street.tills.map((one) => one.shop))) {
    const { id, key, hash } = newApiKey(shop)
    await db.query(
      `INSERT INTO portal.api_key (shop, id, secret_hash, label, created_at) VALUES ($1, $2, $3, 'bench', now())`,
      [shop, id, hash],
    )
    keys.set(shop, key)
  }
  const issuing = await db.query<{ shop: number; address: Buffer }>(
    `SELECT t.shop, t.address FROM ledger.points_token t JOIN ledger.shop s ON s.shop = t.shop
      WHERE s.status = 2 AND NOT s.redeems_only`,
  )
  const tokens = new Map(issuing.rows.map(({ shop, address }): [number, Hex] => [shop, `0x${address.toString('hex')}`]))
  const tills: BenchTill[] = []
  for (const place of street.tills.filter(({ shop }) => tokens.has(shop))) {
    tills.push(new BenchTill(place, deployment, await nextNumbers(street, place)))
  }
  const members = Array.from({ length: membersOfEach }, () => [memberWithKey(), memberWithPasskey(deployment)]).flat()
  const ground = { street, tills, members, tokens, apiKeys: keys }
  await give(ground)
  await payOnce(ground)
  return ground
}

async function nextNumbers({ database }: BenchStreet, { shop, till }: { shop: number; till: number }) {
  const { rows } = await database.pool.query<{ purchase: bigint; payment: bigint }>(
    `SELECT coalesce((SELECT max(sequence) FROM ledger.purchase WHERE shop = $1 AND till = $2), 0) + 1 AS purchase,
      coalesce((SELECT max(sequence) FROM ledger.payment WHERE shop = $1 AND till = $2), 0) + 1 AS payment`,
    [shop, till],
  )
  return rows[0] ?? { purchase: 1n, payment: 1n }
}

/** One list at each shop, with a sale to every member. */
async function give({ street, tills, members, apiKeys }: Ground): Promise<void> {
  const served = new Set<number>()
  for (const till of tills) {
    const { shop } = till.place
    if (served.has(shop)) continue
    served.add(shop)
    let body = ''
    for (const { address } of members) {
      const sale = await till.ring({ member: address, points: pointsGiven, spend: 2_000n, soldAt: nowSeconds() })
      till.waiting.set(sale.sequence, sale)
      body = till.bodyFor(sale)
    }
    till.waiting.clear()
    till.closeList()
    await postOrThrow(street, '/api/v1/issue', body, apiKeys.get(shop))
  }
  await untilFinal(street.database.pool, 60_000)
}

/** So that no account goes alone any more because nobody has seen it answer (N-26). */
async function payOnce({ street, tills, members, tokens, apiKeys }: Ground): Promise<void> {
  const [till] = tills
  const token = till && tokens.get(till.place.shop)
  if (!till || !token) throw new Error('the street has no till')
  for (const member of members.filter(({ by }) => by === 'passkey')) {
    const { body } = await till.accept(member, [{ token, points: 1n }], nowSeconds() + 86_400)
    await postOrThrow(street, '/api/v1/redeem', body, apiKeys.get(till.place.shop))
  }
  await untilFinal(street.database.pool, 60_000)
}

async function postOrThrow(street: BenchStreet, path: string, body: string, apiKey = ''): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` }
  const answer = await fetch(street.origin + path, { method: 'POST', headers, body })
  const said = await answer.text()
  if (!answer.ok || said.includes('"refused"'))
    throw new Error(`the street refuses what the bench begins with: ${said}`)
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

async function prepare({ seconds, rate, purchases }: TillAsked, ground: Ground): Promise<Prepared[]> {
  const prepared: Prepared[] = []
  const closesEvery = rate * listSeconds
  const [tills, members] = [ground.tills, ground.members]
  const atPlace = <Item>(items: readonly Item[], place: number): Item => {
    const item = items[place % items.length]
    if (item === undefined) throw new Error('an empty list')
    return item
  }
  for (let place = 0; place < seconds * rate; place += 1) {
    if (place % closesEvery === 0) for (const till of tills) till.closeList()
    const till = atPlace(tills, place)
    const member = atPlace(members, Math.floor(place / tills.length))
    if ((place * 37) % 100 < purchases) {
      const entry = { member: member.address, points: pointsOfSale, spend: 1_000n, soldAt: nowSeconds() }
      prepared.push({ kind: 'issue', till, sale: await till.ring(entry) })
      continue
    }
    // Every other payment is made with another shop's points.
    const issuer = place % 2 === 0 ? till : atPlace(tills, place + 3)
    const token = ground.tokens.get(issuer.place.shop) ?? '0x'
    const { sequence, body } = await till.accept(member, [{ token, points: pointsOfPayment }], nowSeconds() + 86_400)
    const { shop, till: number } = till.place
    prepared.push({ kind: 'redeem', by: member.by, shop, key: wired([shop, number, sequence]), body })
  }
  return prepared
}

function sentOf({ prepared }: Outcome): Sent {
  if (prepared.kind === 'issue') {
    const { shop, till } = prepared.till.place
    return { shop, till, sequence: prepared.sale.sequence, kind: 'purchase' }
  }
  const [shop, till, sequence] = JSON.parse(prepared.key) as [number, number, string]
  return { shop, till, sequence: BigInt(sequence), kind: 'payment' }
}

/** Each once, spread over the load. */
async function killNowAndThen(street: BenchStreet, { kill, seconds }: TillAsked): Promise<void> {
  for (const what of kill) {
    await sleep((seconds * 1000) / (kill.length + 1))
    await street.kill(what)
  }
}

interface Used {
  readonly seconds: number
  readonly shares: Readonly<Record<string, number>>
}

function cpuShares(
  street: BenchStreet,
  before: { readonly cpu: Readonly<Record<string, number>>; readonly own: NodeJS.CpuUsage; readonly at: number },
): Used {
  const seconds = (performance.now() - before.at) / 1000
  const own = process.cpuUsage(before.own)
  const shares = Object.entries(street.cpuSeconds()).map(([name, now]): [string, number] => {
    return [name, Math.max(0, now - (before.cpu[name] ?? 0)) / seconds]
  })
  return {
    seconds,
    shares: { ...Object.fromEntries(shares), 'the load itself': (own.user + own.system) / 1e6 / seconds },
  }
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

/** How the run went from its beginning to its end: what is slow only at first shows here. */
function inTime(outcomes: readonly Outcome[]): string {
  const each = Math.ceil(outcomes.length / 10)
  const tenths = Array.from({ length: 10 }, (_, place) => outcomes.slice(place * each, (place + 1) * each))
  const cells = tenths.map((some) => {
    const sorted = ascending(some.map(({ latencyMs }) => latencyMs))
    return `${Math.round(quantile(sorted, 0.5))}/${Math.round(quantile(sorted, 0.99))}`
  })
  return `p50/p99 of each tenth of the run: ${cells.join(' ')}`
}

interface Seen {
  readonly asked: TillAsked
  readonly outcomes: readonly Outcome[]
  readonly books: Books
  readonly used: Used
}

function report({ asked, outcomes, books, used }: Seen): Figure[] {
  const of = (name: string, keep: (outcome: Outcome) => boolean): [string, number[]] => {
    return [name, ascending(outcomes.filter(keep).map(({ latencyMs }) => latencyMs))]
  }
  const rows = [
    of('all', () => true),
    of('issue', ({ prepared }) => prepared.kind === 'issue'),
    of('redeem by key', ({ prepared }) => prepared.kind === 'redeem' && prepared.by === 'key'),
    of('redeem by passkey', ({ prepared }) => prepared.kind === 'redeem' && prepared.by === 'passkey'),
    ['pending to final', ascending(books.toFinalMs)] as [string, number[]],
  ]
  const cells = (values: readonly number[]) => [0.5, 0.9, 0.99, 1].map((part) => Math.round(quantile(values, part)))
  console.log(`\nmilliseconds from the planned moment${' '.repeat(4)}     n     p50     p90     p99     max`)
  for (const [name, values] of rows) {
    const figures = cells(values).map((figure) => `${figure}`.padStart(7))
    console.log(`${name.padEnd(40)}${`${values.length}`.padStart(6)} ${figures.join(' ')}`)
  }
  console.log(`\n${inTime(outcomes)}`)
  const answers = new Map<string, number>()
  for (const { answer } of outcomes) answers.set(answer, (answers.get(answer) ?? 0) + 1)
  console.log(`\nanswers: ${[...answers].map(([answer, count]) => `${count} ${answer}`).join(', ')}`)
  console.log(`sent again: ${outcomes.filter(({ attempts }) => attempts > 1).length}`)
  const costs = Object.entries(used.shares).map(([name, share]) => {
    return { name, share, milliseconds: (share * used.seconds * 1000) / outcomes.length }
  })
  const all = costs.reduce(
    (sum, { share, milliseconds }) => ({ share: sum.share + share, milliseconds: sum.milliseconds + milliseconds }),
    { share: 0, milliseconds: 0 },
  )
  console.log(`\n${'processor'.padEnd(40)} of one, %  ms/request`)
  for (const { name, share, milliseconds } of [...costs, { name: 'all together', ...all }]) {
    console.log(`${name.padEnd(40)}${(share * 100).toFixed(0).padStart(10)} ${milliseconds.toFixed(2).padStart(11)}`)
  }
  console.log(
    `load of the machine at the end: ${loadavg()[0]?.toFixed(1)}; killed: ${asked.kill.join(', ') || 'nothing'}`,
  )
  console.log(`books: ${books.lost} lost, ${books.doubled} doubled, ${books.supplies} supplies that differ`)
  const figures = rows.flatMap(([name, values]) => {
    return [0.5, 0.99].map((part) => {
      return { name: `${name} p${part * 100}`, value: Math.round(quantile(values, part)), unit: 'ms' }
    })
  })
  const bad = books.lost + books.doubled + books.supplies
  if (bad > 0) throw new Error('the books do not agree with what was answered')
  return [
    ...figures,
    { name: 'lost', value: books.lost, unit: '' },
    { name: 'doubled', value: books.doubled, unit: '' },
    ...costs.map(({ name, milliseconds }) => ({
      name: `processor of ${name}`,
      value: milliseconds,
      unit: 'ms/request',
    })),
  ]
}
