import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { InputsHash } from '#indexer/scoring/inputs-hash.ts'
import { type Beside, judgeShop } from '#indexer/scoring/judgement.ts'
import { model } from '#indexer/scoring/replay.ts'
import { modelFrom, type StoredModel } from '#indexer/scoring/shop-model.ts'
import { readHabits } from './habits-of-members.ts'
import { purchaseDays, type ShopVisits, visitsByShop } from './purchase-days.ts'
import { readAnswers } from './survey-answers.ts'
import { readWatermark, type Watermark } from './watermark.ts'
import { forgetOptedOut, type Judged, writeScores } from './written.ts'

export interface RunReport {
  readonly run: string
  readonly kind: 'fit' | 'follow'
  readonly block: number
  readonly watermarkDay: number
  readonly shops: number
  readonly members: number
}

export interface RunInputs {
  /** Ascending. */
  readonly shops: readonly number[]
  readonly timeZone: string
  /** The epoch under which we lead. */
  readonly epoch: bigint
}

/**
 * Does the work in one transaction that sees one state of the ledger. One scorer at a time, and none of an epoch that
 * is over: the moment that the transaction sees begins after the lock is held, and a successor ends the connection of
 * whoever holds it. Undefined where nothing is mirrored.
 */
export async function inScoring<Answer>(
  client: pg.ClientBase,
  at: { readonly timeZone: string; readonly epoch: bigint },
  work: (watermark: Watermark) => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE judged.run IN SHARE ROW EXCLUSIVE MODE;
       SELECT ledger.require_leader(${at.epoch})`,
    )
    const watermark = await readWatermark(client, at.timeZone)
    const answer = watermark === undefined ? undefined : await work(watermark)
    await client.query('COMMIT')
    return answer
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Scores these shops anew at the parameters of their last fits. */
export async function scoreShops(client: pg.ClientBase, inputs: RunInputs): Promise<RunReport | undefined> {
  return await inScoring(client, inputs, async (watermark) => {
    const run = randomUUID()
    let members = 0
    for (const shop of inputs.shops) members += await followShop(client, { run, shop, watermark, inputs })
    const { block, day } = watermark
    return { run, kind: 'follow', block, watermarkDay: day, shops: inputs.shops.length, members }
  })
}

interface Following {
  readonly run: string
  readonly shop: number
  readonly watermark: Watermark
  readonly inputs: RunInputs
}

async function followShop(client: pg.ClientBase, { run, shop, watermark, inputs }: Following): Promise<number> {
  const { timeZone } = inputs
  const hash = new InputsHash(model, watermark.day)
  const batches = purchaseDays(client, { shop, timeZone })
  let visited: ShopVisits = { shop, visits: [], firstAt: [], lastAt: [] }
  for await (const found of visitsByShop(batches, (days) => hash.add(days))) visited = found
  const judged = await judge(client, { run, visited, watermark, timeZone, stored: await lastModel(client, shop) })
  const members = await writeScores(client, judged)
  await forgetOptedOut(client, shop)
  await noteRun(client, { run, shop, kind: 'follow', watermark, inputsHash: hash.digest(), members })
  return members
}

/** Judges a shop's members by a model that was fitted. */
export async function judge(
  client: pg.ClientBase,
  of: {
    readonly run: string
    readonly visited: ShopVisits
    readonly watermark: Watermark
    readonly timeZone: string
    readonly stored: StoredModel | undefined
  },
): Promise<Judged> {
  const { run, visited, watermark, timeZone, stored } = of
  const { beside, usual } = await readHabits(client, { shop: visited.shop, timeZone, watermark })
  const judging = { day: watermark.day, model: stored === undefined ? undefined : modelFrom(stored), beside }
  const judgements = judgeShop(visited.visits, judging)
  const answers = await readAnswers(client, visited.shop)
  return { run, visited, watermarkDay: watermark.day, judgements, usual, payments: paymentsOf(beside), answers }
}

const paymentsOf = (beside: ReadonlyMap<string, Beside>) =>
  new Map([...beside].map(([member, { payments }]) => [member, payments] as const))

/** The model of a shop's last fit; of the network's where the shop is too new to have one. */
async function lastModel(client: pg.ClientBase, shop: number): Promise<StoredModel | undefined> {
  const { rows } = await client.query<{ parameters: StoredModel | null }>(
    `SELECT r.parameters FROM judged.run r WHERE r.shop IN (0, $1) AND r.kind = 'fit'
     ORDER BY r.shop = 0, r.finished_at DESC LIMIT 1`,
    [shop],
  )
  return rows[0]?.parameters ?? undefined
}

export interface RunRow {
  readonly run: string
  readonly shop: number
  readonly kind: 'fit' | 'follow'
  readonly watermark: Watermark
  readonly inputsHash: Buffer
  readonly members: number
  readonly root?: Buffer | undefined
  readonly parameters?: object | undefined
  readonly card?: object
}

export async function noteRun(client: pg.ClientBase, row: RunRow): Promise<void> {
  const { watermark } = row
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value))
  await client.query(
    `INSERT INTO judged.run (shop, id, model, block, watermark, inputs_hash, members, finished_at, kind, block_hash,
       root, parameters, card)
     VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), $8, $9, $10, $11, $12)`,
    [
      ...[row.shop, row.run, model, watermark.block, watermark.time, row.inputsHash, row.members, row.kind],
      ...[watermark.blockHash, row.root ?? null, json(row.parameters), json(row.card)],
    ],
  )
}
