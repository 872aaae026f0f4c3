#!/usr/bin/env node
// From purchases in `ledger` to written scores, in a process of its own: `ledger-once.ts URL`. Prints what it took as
// one line of JSON.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { connect } from '#indexer/db/connection.ts'
import { cohortOf } from '#indexer/scoring/cohort.ts'
import { fixedScore } from '#indexer/scoring/fixed-point.ts'
import { predictDiscounted } from '#indexer/scoring/predict.ts'
import { fitPurchases } from '#indexer/scoring/purchase-models.ts'
import { expectedSpend, fitSpend } from '#indexer/scoring/spend.ts'
import type { ScoringInput } from './columns.ts'
import { firstDay, ledgerDays } from './ledger.ts'

export interface LedgerScored {
  readonly readSeconds: number
  readonly scoreSeconds: number
  readonly writeSeconds: number
  readonly peakMb: number
  readonly scores: number
}

const watermark = firstDay + ledgerDays - 1
const memberBytes = 20
const linesAtOnce = 20_000

// Purchases of a day are one; the first day's spend is the least of (day, spend) in one number.
const histories = `
  SELECT shop, encode(member, 'hex'), count(*) - 1, max(day) - min(day), ${watermark} - min(day),
         CASE WHEN count(*) = 1 THEN 0
              ELSE (sum(spend) - (min((day::bigint << 44) + spend) & ((1::bigint << 44) - 1))) / (count(*) - 1) END
  FROM (SELECT shop, member, (sold_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01' AS day, sum(spend)::bigint AS spend
        FROM ledger.purchase GROUP BY shop, member, day) days
  GROUP BY shop, member`

interface Read extends ScoringInput {
  readonly shop: Int32Array
  readonly member: Buffer
}

/** Room for this many histories, with what is known so far. */
function withRoom(known: Read, count: number): Read {
  const grown = <Column extends Int32Array | Float64Array | Buffer>(into: Column, from: Column): Column => {
    into.set(from.subarray(0, Math.min(from.length, into.length)))
    return into
  }
  return {
    shop: grown(new Int32Array(count), known.shop),
    member: grown(Buffer.alloc(count * memberBytes), known.member),
    repeats: grown(new Int32Array(count), known.repeats),
    lastAge: grown(new Float64Array(count), known.lastAge),
    age: grown(new Float64Array(count), known.age),
    meanSpend: grown(new Float64Array(count), known.meanSpend),
  }
}

const none: Read = {
  shop: new Int32Array(0),
  member: Buffer.alloc(0),
  repeats: new Int32Array(0),
  lastAge: new Float64Array(0),
  age: new Float64Array(0),
  meanSpend: new Float64Array(0),
}

async function readHistories(client: pg.Client): Promise<Read> {
  // What the grouping may keep in memory before it goes to the disk.
  await client.query("SET work_mem = '512MB'")
  let read = withRoom(none, 1 << 18)
  let [row, rest] = [0, '']
  for await (const chunk of client.query(copyTo(`COPY (${histories}) TO STDOUT`)) as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (row === read.shop.length) read = withRoom(read, 2 * row)
      const [shop, member = '', repeats, last, age, spend] = line.split('\t')
      read.shop[row] = Number(shop)
      read.member.write(member, row * memberBytes, 'hex')
      read.repeats[row] = Number(repeats)
      read.lastAge[row] = Number(last)
      read.age[row] = Number(age)
      read.meanSpend[row] = Number(spend)
      row += 1
    }
  }
  return withRoom(read, row)
}

interface Scores {
  readonly alive: Float64Array
  readonly purchases: Float64Array
  readonly value: Float64Array
}

function score(read: Read): Scores {
  const cohort = cohortOf(read)
  const { fit, fitted } = fitPurchases('mbg', cohort)
  const spend = fitSpend(read)
  if (fitted === undefined || spend.fitted === undefined) throw new Error(`no fit: ${fit.status}, ${spend.fit.status}`)
  const { alive, expected } = predictDiscounted(fitted, cohort, { horizon: 364, step: 7, rate: 0.002 })
  const each = expectedSpend(spend.fitted, read)
  return { alive, purchases: expected, value: expected.map((purchases, row) => purchases * (each[row] as number)) }
}

function* linesOf(read: Read, { alive, purchases, value }: Scores): Generator<string> {
  let lines: string[] = []
  for (let row = 0; row < alive.length; row += 1) {
    const valueMinor = value[row] as number
    const fixed = fixedScore({ alive: alive[row] as number, expected: purchases[row] as number, valueMinor })
    const member = read.member.toString('hex', row * memberBytes, (row + 1) * memberBytes)
    lines.push(
      `${read.shop[row]}\t\\\\x${member}\t${fixed.alivePpm}\t${fixed.purchasesMillionths}\t${fixed.valueMinor}\n`,
    )
    if (lines.length < linesAtOnce) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

async function main(url: string): Promise<LedgerScored> {
  const client = await connect(url, 'DATABASE_URL')
  try {
    await client.query(
      `CREATE TABLE judged.bench_score (shop integer, member bytea, alive_ppm integer, purchases_millionths bigint,
         value_minor bigint, PRIMARY KEY (shop, member))`,
    )
    const began = performance.now()
    const read = await readHistories(client)
    const readAt = performance.now()
    const scores = score(read)
    const scoredAt = performance.now()
    await pipeline(Readable.from(linesOf(read, scores)), client.query(copyFrom('COPY judged.bench_score FROM STDIN')))
    return {
      readSeconds: (readAt - began) / 1_000,
      scoreSeconds: (scoredAt - readAt) / 1_000,
      writeSeconds: (performance.now() - scoredAt) / 1_000,
      peakMb: (process.resourceUsage().maxRSS * 1_024) / 1e6,
      scores: read.shop.length,
    }
  } finally {
    await client.end()
  }
}

const [, , url] = process.argv
if (url !== undefined && import.meta.main) console.log(JSON.stringify(await main(url)))
