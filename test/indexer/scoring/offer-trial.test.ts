import { expect, test } from 'vitest'
import { drawOf } from '#indexer/scoring/draw.ts'
import { fitFactors } from '#indexer/scoring/factors.ts'
import { decideOffers, type Taking, tryOffers } from '#indexer/scoring/offer-trial.ts'

const rewards = 6

/** Members who like either the even or the odd rewards, and now and then something else: two a member before day 50. */
function tastes(members: number, from: string, noise: number): Taking[] {
  return Array.from({ length: members }, (_, member) => {
    const drawn = (what: string) => drawOf(`${from} ${member} ${what}`)
    const own = Math.floor(drawn('taste') * 2)
    return [10, 20, 60].flatMap((day, index): Taking[] => {
      if (day > 50 && drawn('late') > 0.6) return []
      const any = drawn(`strange ${index}`) < noise
      const place = Math.floor(drawn(`which ${index}`) * (any ? rewards : rewards / 2))
      return [{ member, reward: any ? 1 + place : 1 + 2 * place + own, day }]
    })
  }).flat()
}

const asked = { end: 50, name: 'offers of shop 1' }

test('only what came after the end is named, and only by what was known before it', () => {
  const before: Taking[] = [0, 1, 2, 3, 4, 5].flatMap((member) => [
    { member, reward: 1, day: 1 },
    { member, reward: 2, day: 2 },
  ])
  const late: Taking[] = [
    { member: 6, reward: 1, day: 3 },
    { member: 6, reward: 1, day: 55 },
    { member: 6, reward: 2, day: 60 },
    { member: 6, reward: 3, day: 70 },
  ]
  expect(tryOffers([...before, ...late], { ...asked, members: 7 })).toEqual({ pairs: [{ counting: 1, factors: 1 }] })
  expect(tryOffers(before, { ...asked, members: 7 })).toEqual({ pairs: [] })
  expect(decideOffers([])).toBeNull()
})

test('counting stays where factors are not better beyond doubt; the same rows decide the same', () => {
  const takings = tastes(400, 'simple', 0.2)
  const trial = decideOffers([tryOffers(takings, { ...asked, members: 400 })])
  const again = decideOffers([tryOffers(takings.toReversed(), { ...asked, members: 400 })])
  expect(again).toEqual(trial)
  console.info(
    `counting ${trial?.counting.toFixed(3)}, factors ${trial?.factors.toFixed(3)}, ${trial?.members} members`,
  )
  expect(trial?.members).toBeGreaterThan(80)
  // Better than by lot among the four or five that are left.
  expect(trial?.counting).toBeGreaterThan(0.5)
  expect(trial?.chosen).toBe(trial && trial.low > 0 ? 'factors' : 'counting')
})

test('factors are chosen where they win clearly, and never on a few members', () => {
  const pairs = Array.from({ length: 60 }, (_, place) => ({ counting: 0.4 + (place % 3) / 10, factors: 1 }))
  expect(decideOffers([{ pairs }])).toMatchObject({ members: 60, chosen: 'factors' })
  expect(decideOffers([{ pairs: pairs.slice(0, 49) }])).toMatchObject({ chosen: 'counting' })
  expect(decideOffers([{ pairs: pairs.map(() => ({ counting: 0.5, factors: 0.5 })) }])).toMatchObject({
    ...{ difference: 0, chosen: 'counting' },
  })
})

test('factors learn which things go together, and begin alike by the same name', () => {
  const taken = Array.from({ length: 60 }, (_, member) => (member % 2 === 0 ? [0, 2] : [1, 3]))
  const [one, again, other] = ['a', 'a', 'b'].map((name) => fitFactors(taken, 4, name).drawnTo([0]))
  expect(again).toEqual(one)
  expect(one?.[2]).toBeGreaterThan((one?.[3] as number) + 0.5)
  expect(other?.[2]).toBeCloseTo(one?.[2] as number, 1)
})
