// The whole network against a plain model of it: the same acts to both, in an order drawn from one seed; every outcome
// and then every lane, balance, position and debt must be the same.
import { describe, expect, test } from 'vitest'
import { testConfig } from '../support/config.ts'
import { ModelHand } from './support/model-life.ts'

const steps = 260
const shops = 5

/** What is done, and how often in a hundred or so. */
function actsOf(hand: ModelHand): [number, () => Promise<void>][] {
  return [
    [18, () => hand.issue()],
    [5, () => hand.issueAgain()],
    [9, () => hand.reverse()],
    [2, () => hand.reverseAgain()],
    [20, () => hand.pay()],
    [4, () => hand.payAgain()],
    [10, () => hand.refund()],
    [2, () => hand.refundAgain()],
    [6, () => hand.transfer()],
    [4, () => hand.endQuarter()],
    [3, () => hand.letTimePass()],
    [5, () => hand.deposit()],
    [7, () => hand.withdraw()],
    [5, () => hand.settle()],
    [3, () => hand.changeTill()],
    [2, () => hand.changeShop()],
    [3, () => hand.changeTills()],
    [2, () => hand.pause()],
    [3, () => hand.changeRatio()],
    [3, () => hand.suspend()],
    [3, () => hand.leave()],
    [9, () => hand.lookForDefault()],
  ]
}

async function live(seed: number): Promise<ModelHand> {
  const hand = await ModelHand.open(seed, shops)
  // The shops are no newcomers, and take out of the large reserve they began with what they may.
  hand.pass(200 * 86_400)
  for (let shop = 1; shop <= shops; shop += 1) for (let i = 0; i < 6; i += 1) await hand.issue()
  for (let shop = 1; shop <= shops; shop += 1) await hand.withdraw(shop, true)
  hand.pass(170 * 86_400)
  const acts = actsOf(hand)
  const weights = acts.reduce((sum, [weight]) => sum + weight, 0)
  for (let step = 0; step < steps; step += 1) {
    let place = hand.roll(1, weights)
    const act = acts.find(([weight]) => {
      place -= weight
      return place <= 0
    })
    await act?.[1]()
    await hand.compare()
  }
  return hand
}

describe('the network', () => {
  const seed = testConfig.seed

  test.each([0, 1])('does in every step what plain numbers say, life %i', { timeout: 180_000 }, async (life) => {
    console.log(`TEST_SEED=${seed}, life ${life}`)
    const hand = await live(seed + life)
    const outcomes = [...hand.seen.entries()].sort().map(([what, times]) => `${what} ${times}`)
    console.log(outcomes.join('\n'))
    const done = [...hand.seen.entries()].filter(([what]) => what.endsWith(': done'))
    expect(done.reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(steps / 3)
  })
})
