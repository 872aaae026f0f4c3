import { InputsHash } from './inputs-hash.ts'
import { judgeShop } from './judgement.ts'
import { mostTried } from './model-trial.ts'
import type { PurchaseDay } from './recency-frequency-value.ts'
import { EvenSample } from './sample.ts'
import { type CommittedScore, scoreTree } from './score-tree.ts'
import { fitNetwork, fitShop, learn } from './shop-fit.ts'
import { modelFrom } from './shop-model.ts'
import type { Visits } from './visits.ts'

/** The name under which runs of this definition are kept; another definition needs another name. */
export const model = 'expected-value/2'

/** What a run comes to, worked out again from its inputs alone. */
export interface Replayed {
  readonly inputsHash: string
  /** Undefined where nobody can be scored. */
  readonly root: string | undefined
  readonly scores: readonly CommittedScore[]
}

/**
 * Does a fit again, as the indexer does it (N-20): the same rows in, the same root out, to the last bit. Rows ascend by
 * shop, member and day; others are refused by the hash.
 */
export function replayRun(
  rows: readonly PurchaseDay[],
  at: { readonly model: string; readonly day: number },
): Replayed {
  const hash = new InputsHash(at.model, at.day)
  hash.add(rows)
  const shops = visitsOf(rows)
  const some = new EvenSample<Visits>(mostTried)
  for (const visits of shops.values()) for (const one of visits) some.take(one)
  const learnt = [...shops.values()].map((visits) => learn(visits, at.day))
  const network = fitNetwork(learnt, some.kept, at.day)
  const scores = [...shops].flatMap(([shop, visits]) => {
    const { stored } = fitShop(visits, network, at.day)
    const fitted = stored === undefined ? undefined : modelFrom(stored)
    return judgeShop(visits, { day: at.day, model: fitted }).flatMap(({ member, expected }): CommittedScore[] => {
      if (expected === null) return []
      const { tierByValue: tier, alivePpm, purchasesMillionths, valueMinor } = expected
      const whole = { purchasesMillionths: BigInt(purchasesMillionths), valueMinor: BigInt(valueMinor) }
      return [{ shop, member, tier, badges: 0n, alivePpm, ...whole }]
    })
  })
  return { inputsHash: `0x${hash.digest().toString('hex')}`, root: scoreTree(scores)?.root, scores }
}

function visitsOf(rows: readonly PurchaseDay[]): Map<number, Visits[]> {
  const shops = new Map<number, { member: string; days: number[]; spends: number[] }[]>()
  for (const { shop, member, day, spend } of rows) {
    const list = shops.get(shop) ?? []
    if (list.length === 0) shops.set(shop, list)
    const last = list.at(-1)
    if (last?.member === member) {
      last.days.push(day)
      last.spends.push(Number(spend))
    } else list.push({ member, days: [day], spends: [Number(spend)] })
  }
  return shops
}
