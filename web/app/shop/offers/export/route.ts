import type { OffersCard } from '#indexer/scoring/model-card.ts'
import { type ProposedOffer, shopOffers } from '#web/queries/shop-offers.ts'
import { anywayWords, pairWords } from '#web/ui/offer-words.ts'
import { csvFile, csvLine } from '../../../csv.ts'
import { person } from '../../../person.ts'

const heading = [
  'table',
  'member',
  'name',
  'reward',
  'title',
  'made on',
  'open until',
  'drawn with, parts per million',
  'best or tried',
  'next best',
  'why',
  'multiplier, percent',
  'why more points',
  'policy of the board',
]

const times = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
const day = (at: Date) => at.toISOString().slice(0, 10)
const allSteps = 1_000_000

/** Every open proposal and every change of a multiplier, as one table. */
export async function GET(): Promise<Response> {
  const someone = await person()
  if (someone?.role !== 'owner') return new Response('Only the owner of the shop.', { status: 403 })
  const lines = [csvLine(heading)]
  const { steps, titles, pages, card } = await shopOffers(someone.shop, { page: 1, steps: allSteps })
  const title = (reward: number) => titles.get(reward) ?? `Reward ${reward}`
  for (let page = 1; page <= pages; page += 1) {
    const { rows } = await shopOffers(someone.shop, { page, steps: 0 })
    lines.push(...rows.map((row) => offerLine(row, title)))
  }
  for (const step of steps) {
    const change = ['', '', day(step.day), '', '', '', '', '', `${step.before} to ${step.percent}`]
    lines.push(csvLine(['change of multiplier', step.member, '', ...change, step.reason, `${step.policy}`]))
  }
  if (card !== null) lines.push(...rewardLines(card, title), ...pairLines(card, title))
  return csvFile(`offers-of-shop-${someone.shop}.csv`, lines)
}

function offerLine(row: ProposedOffer, title: (reward: number) => string): string {
  return csvLine([
    'proposal',
    row.member,
    row.displayName ?? '',
    `${row.reward}`,
    row.rewardTitle,
    day(row.madeOn),
    day(row.openUntil),
    `${row.propensityPpm}`,
    row.way,
    row.nextBest ? 'yes' : 'no',
    row.because === null ? anywayWords(row) : pairWords(row.because, title, times),
    `${row.multiplier}`,
    row.multiplierReason ?? '',
  ])
}

/** How each reward does when it is proposed: what was counted, and what is believed. */
function rewardLines({ arms }: OffersCard, title: (reward: number) => string): string[] {
  return arms.map(({ reward, proposed, taken, mean }) => {
    const why = `proposed ${proposed}, taken up ${taken}, believed ${mean.toFixed(4)}`
    return csvLine(['reward', '', '', `${reward}`, title(reward), '', '', '', '', '', why])
  })
}

/** What goes with what. */
function pairLines({ pairs }: OffersCard, title: (reward: number) => string): string[] {
  return pairs.map((pair) => {
    return csvLine([
      'goes with',
      '',
      '',
      `${pair.to}`,
      title(pair.to),
      '',
      '',
      '',
      '',
      '',
      pairWords(pair, title, times),
    ])
  })
}
