import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { type Goal, goalCard, segmentLifts } from '#indexer/scoring/goal.ts'
import { comparedDays, holdoutCard } from '#indexer/scoring/holdout.ts'
import { InputsHash } from '#indexer/scoring/inputs-hash.ts'
import type { ModelCard } from '#indexer/scoring/model-card.ts'
import { mostTried } from '#indexer/scoring/model-trial.ts'
import type { OfferTrial } from '#indexer/scoring/offer-trial.ts'
import { model } from '#indexer/scoring/replay.ts'
import { EvenSample } from '#indexer/scoring/sample.ts'
import { fitNetwork, fitShop, type Learnt, learn, type NetworkFit } from '#indexer/scoring/shop-fit.ts'
import type { Visits } from '#indexer/scoring/visits.ts'
import { askForCommitment, collectLeaves } from './commitment.ts'
import { keepRun } from './kept-runs.ts'
import { tryOnStreet, writeOffers } from './offers-of-shop.ts'
import { purchaseDays, type ShopVisits, visitsByShop } from './purchase-days.ts'
import { inScoring, judge, noteRun, type RunReport } from './run.ts'
import { writeTogether } from './together.ts'
import { shopsToScore, type Watermark } from './watermark.ts'
import { writeScores, writeTiers } from './written.ts'

interface Fitting {
  readonly run: string
  readonly timeZone: string
  readonly watermark: Watermark
}

/**
 * Fits the models to the whole street and to each shop, scores everybody by them, and asks for the result to be
 * committed on the chain before anything is done by it: all in one transaction. Histories are read twice, so that
 * what is kept of all shops at once is columns of numbers and no visits.
 */
export async function fitStreet(
  client: pg.ClientBase,
  at: { readonly timeZone: string; readonly epoch: bigint },
): Promise<RunReport | undefined> {
  return await inScoring(client, at, async (watermark) => {
    const fitting = { run: randomUUID(), timeZone: at.timeZone, watermark }
    const { learnt, some, inputsHash } = await learnAll(client, fitting)
    const network = fitNetwork(learnt, some, watermark.day)
    const trial = await tryOnStreet(client, fitting)
    const shops = await shopsToScore(client)
    let [members, undone] = [0, 0]
    for (const shop of shops) {
      const fitted = await fitOne(client, fitting, { shop, network, trial })
      members += fitted.members
      undone += fitted.undone
    }
    await writeTogether(client)
    const root = await collectLeaves(client, fitting.run)
    await noteNetwork(client, fitting, { network, inputsHash, members, root, trial, undone })
    if (root !== undefined) await commit(client, fitting, { inputsHash, root })
    await client.query('DELETE FROM judged.refit_wish')
    const { block, day } = watermark
    return { run: fitting.run, kind: 'fit', block, watermarkDay: day, shops: shops.length, members }
  })
}

/** Asks for the run to be committed, and keeps what somebody will need to do it again. */
async function commit(
  client: pg.ClientBase,
  { run, watermark, timeZone }: Fitting,
  of: { readonly inputsHash: Buffer; readonly root: Buffer },
): Promise<void> {
  const { block, blockHash, day } = watermark
  await askForCommitment(client, { run, block, blockHash, model, ...of })
  await keepRun(client, { run, block, day, timeZone, model, ...of })
}

/** What the models learn from, and of the members so many that trying the models on them does not take long. */
async function learnAll(client: pg.ClientBase, { timeZone, watermark }: Fitting) {
  const learnt: Learnt[] = []
  const some = new EvenSample<Visits>(mostTried)
  const hash = new InputsHash(model, watermark.day)
  for await (const { visits } of visitsByShop(purchaseDays(client, { timeZone }), (days) => hash.add(days))) {
    learnt.push(learn(visits, watermark.day))
    for (const one of visits) some.take(one)
  }
  return { learnt, some: some.kept, inputsHash: hash.digest() }
}

async function fitOne(
  client: pg.ClientBase,
  { run, timeZone, watermark }: Fitting,
  of: { readonly shop: number; readonly network: NetworkFit; readonly trial: OfferTrial | null },
): Promise<{ readonly members: number; readonly undone: number }> {
  const { shop, trial } = of
  const hash = new InputsHash(model, watermark.day)
  let visited: ShopVisits = { shop, visits: [], firstAt: [], lastAt: [] }
  const batches = purchaseDays(client, { shop, timeZone })
  for await (const found of visitsByShop(batches, (days) => hash.add(days))) visited = found
  const fit = fitShop(visited.visits, of.network, watermark.day)
  const judged = await judge(client, { run, visited, watermark, timeZone, stored: fit.stored })
  const members = await writeScores(client, judged)
  await writeTiers(client, judged)
  const offers = await writeOffers(client, judged, { way: trial?.chosen ?? 'counting', at: { timeZone, watermark } })
  const compared = await comparedOf(client, visited, watermark.day)
  const leftOut = await leftOutOf(client, shop)
  const card: ModelCard = { ...fit.card, ...compared, offers, offerTrial: null, leftOut }
  const row = { run, shop, kind: 'fit', watermark, inputsHash: hash.digest(), members } as const
  await noteRun(client, { ...row, parameters: fit.stored, card })
  return { members, undone: leftOut.undone }
}

/** What the shop does for its members, against those left alone: altogether, by segment, and since its goal was set. */
async function comparedOf(
  client: pg.ClientBase,
  { shop, visits }: ShopVisits,
  day: number,
): Promise<Pick<ModelCard, 'holdout' | 'segmentLifts' | 'goal'>> {
  const window = comparedDays(visits, day)
  const { rows } = await client.query<Goal>(
    'SELECT g.percent, g.from_day AS "fromDay", g.until_day AS "untilDay" FROM portal.goal g WHERE g.shop = $1',
    [shop],
  )
  const [goal] = rows
  return {
    holdout: holdoutCard(shop, visits, day),
    segmentLifts: window === null ? [] : segmentLifts(shop, visits, day, window),
    goal: goal === undefined ? null : goalCard(shop, visits, goal, day),
  }
}

/** Who and what a shop's figures leave out, for the model card. */
async function leftOutOf(client: pg.ClientBase, shop: number): Promise<ModelCard['leftOut']> {
  const { rows } = await client.query<{ optedOut: number; undone: number }>(
    `SELECT (SELECT count(DISTINCT p.member)::int FROM ledger.purchase p
        JOIN portal.consent c ON c.member = p.member AND c.purpose = 'personalisation' AND NOT c.given
        WHERE p.shop = $1) AS "optedOut",
      (SELECT count(*)::int FROM ledger.purchase p
        WHERE p.shop = $1 AND p.points > 0 AND p.points <= (SELECT sum(r.points) FROM ledger.reversal r
          WHERE r.shop = p.shop AND r.till = p.till AND r.sequence = p.sequence)) AS undone`,
    [shop],
  )
  return rows[0] ?? { optedOut: 0, undone: 0 }
}

async function noteNetwork(
  client: pg.ClientBase,
  { run, watermark }: Fitting,
  of: {
    readonly network: NetworkFit
    readonly inputsHash: Buffer
    readonly members: number
    readonly root?: Buffer | undefined
    readonly trial: OfferTrial | null
    /** Purchases taken back whole, at all shops. */
    readonly undone: number
  },
): Promise<void> {
  const { network, inputsHash, members, root, trial, undone } = of
  const nothing = { holdout: null, goal: null, segmentLifts: [], offers: null }
  const { rows } = await client.query<{ optedOut: number }>(
    `SELECT count(*)::int AS "optedOut" FROM portal.consent c WHERE c.purpose = 'personalisation' AND NOT c.given
       AND EXISTS (SELECT FROM ledger.purchase p WHERE p.member = c.member)`,
  )
  const leftOut = { optedOut: rows[0]?.optedOut ?? 0, undone }
  const card: ModelCard = { ...network.card, ...nothing, offerTrial: trial, leftOut }
  await noteRun(client, {
    ...{ run, shop: 0, kind: 'fit', watermark, inputsHash, members, root },
    ...{ parameters: network.stored, card },
  })
}
