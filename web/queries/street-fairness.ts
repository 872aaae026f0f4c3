import 'server-only'
import type { FairnessCard } from '#indexer/scoring/model-card.ts'
import { ask, type Question } from './database.ts'

/** How the last fit's forecast treated groups of members that no model is told of; null before there is one. */
export interface StreetFairness {
  readonly watermark: Date
  /** null where there is too little history. */
  readonly cards: readonly FairnessCard[] | null
}

const lastOfStreet: Question = {
  name: 'street-fairness',
  text: `SELECT r.watermark, r.card->'fairness' AS cards FROM judged.run r
    WHERE r.shop = 0 AND r.kind = 'fit' ORDER BY r.finished_at DESC LIMIT 1`,
}

export async function streetFairness(): Promise<StreetFairness | null> {
  const [row] = await ask<StreetFairness>(lastOfStreet)
  return row ?? null
}
