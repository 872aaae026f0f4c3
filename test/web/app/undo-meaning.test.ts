import { expect, test } from 'vitest'
import { pointsOfPartDown, splitOver, takenOf, type Undoable } from '#web/app/till/undo.ts'
import { undoMeaning } from '#web/app/till/undo-meaning.ts'

/** What a cashier is told before cash goes back. */

const money = { locale: 'en-IE', currency: 'EUR', decimals: 6, par: 100n }
const purchase = (takable: bigint): Undoable => {
  return { kind: 'purchase', points: 3_720n, before: 0n, left: 3_720n, takable }
}
const said = (of: Undoable, points: bigint, cents: bigint) => {
  return undoMeaning(of, { points, cents, memberName: 'Anna' }, money)
}

test('a shopper who still has the points gives them back, and gets the cash', () => {
  expect(said(purchase(5_000n), 3_720n, 1_240n)).toEqual({
    sentence: '37.20 points are taken back from Anna.',
    choices: [
      {
        does: 'Hand back €12.40',
        missing: 'deducted',
        title: 'Hand back €12.40',
        note: '37.20 points were taken back from Anna.',
      },
    ],
  })
})

test('for points that are spent the till asks: off the cash, or waived', () => {
  const { sentence, choices } = said(purchase(3_000n), 3_720n, 1_240n)
  expect(sentence).toContain('Anna has spent 7.20 points of these already, worth €0.07')
  expect(choices.map(({ does, missing }) => [does, missing])).toEqual([
    // Cut downwards like every sum: 12.328.
    ['Hand back €12.32', 'deducted'],
    ['Hand back €12.40 all the same', 'waived'],
  ])
})

test('nothing is offered where nothing would go back', () => {
  expect(said(purchase(3_720n), 0n, 0n).choices).toEqual([])
})

test('a payment gives points back, and no cash', () => {
  const lines = [
    { points: 700n, before: 0n },
    { points: 300n, before: 100n },
  ]
  const { sentence, choices } = said({ kind: 'payment', points: 1_000n, left: 900n, lines }, 900n, 9n)
  expect(sentence).toContain('No cash')
  expect(choices).toHaveLength(1)
  expect(splitOver(800n, lines)).toEqual([700n, 100n])
  expect(splitOver(900n, lines)).toEqual([700n, 200n])
})

test('a part of the price stands for its part of the points, and the last part for what is left', () => {
  const of = { spend: 1_000n, points: 333n, left: 333n }
  expect(pointsOfPartDown(500n, of)).toBe(166n)
  expect(pointsOfPartDown(1_000n, of)).toBe(333n)
  expect(pointsOfPartDown(900n, { ...of, left: 100n })).toBe(100n)
  expect(pointsOfPartDown(1n, { spend: 0n, points: 333n, left: 333n })).toBe(333n)
  expect(takenOf(100n, 40n)).toEqual({ taken: 40n, short: 60n })
})
