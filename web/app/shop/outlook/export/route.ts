import { segmentNames, segmentOf } from '#indexer/scoring/segments.ts'
import { tierNames } from '#indexer/scoring/tiers.ts'
import { network } from '#web/queries/network.ts'
import { type ShopOutlook, shopOutlook } from '#web/queries/shop-outlook.ts'
import { csvFile, csvLine, hundredths } from '../../../csv.ts'
import { person } from '../../../person.ts'

/** Everything the owner sees on the outlook, as one table: what it is about, which part, and its figures. */
export async function GET(): Promise<Response> {
  const someone = await person()
  if (someone?.role !== 'owner') return new Response('Only the owner of the shop.', { status: 403 })
  const outlook = await shopOutlook(someone.shop)
  const heading = ['table', 'part', 'members', 'spent', 'expected in a year', 'visits', 'at least', 'at most']
  return csvFile(`outlook-of-shop-${someone.shop}.csv`, [
    csvLine([...heading, `currency ${network().moneySymbol}`]),
    ...segmentLines(outlook),
    ...outlook.cares.map(({ worth, risk, care, members, value }) => {
      return csvLine(['worth and risk', `worth ${worth} risk ${risk}: ${care}`, `${members}`, '', hundredths(value)])
    }),
    ...outlook.deciles.map(({ decile, members, value }) => {
      return csvLine(['tenths by value', `${decile}`, `${members}`, '', hundredths(value)])
    }),
    ...outlook.tiers.map(({ tier, held }) => csvLine(['tiers proposed', tierNames[tier], `${held}`])),
    ...outlook.tiers.map(({ tier, came }) => csvLine(['tiers: came in 91 days', tierNames[tier], `${came}`])),
    ...outlook.tiers.map(({ tier, redeeming }) => csvLine(['tiers: pay with points', tierNames[tier], `${redeeming}`])),
    ...forecastLines(outlook),
    ...metricLines(outlook),
    ...trackedLines(outlook),
  ])
}

function segmentLines({ cells }: ShopOutlook): string[] {
  return segmentNames.map((name) => {
    const own = cells.filter(({ recency, frequency }) => segmentOf(recency, frequency) === name)
    const members = own.reduce((sum, cell) => sum + cell.members, 0)
    const sumOf = (of: 'spend' | 'value') => hundredths(own.reduce((sum, cell) => sum + cell[of], 0n))
    return csvLine(['segments', name, `${members}`, sumOf('spend'), sumOf('value')])
  })
}

/** The figures by segment (S29): the name of the figure, its segment, and in the last columns what it is. */
function metricLines({ metrics, habits, answers, fit }: ShopOutlook): string[] {
  const figure = (name: string, part: string, members: number, ...figures: (number | null | undefined)[]) =>
    csvLine([name, part, `${members}`, '', '', ...figures.map((one) => (one == null ? '' : one.toFixed(4)))])
  const goal = fit?.card.goal
  return [
    ...metrics.flatMap(({ segment, members, engagement, redeeming, churn, recommending, lift }) => [
      figure('engagement by segment', segment, members, engagement),
      figure('share paying with points by segment', segment, members, redeeming),
      figure('share likely lost by segment', segment, members, churn),
      figure('lift in visits by segment', segment, members, lift?.difference, lift?.low, lift?.high),
      figure('recommending by segment', segment, members, recommending?.score),
    ]),
    ...habits.map(({ partOfDay, partOfWeek, members, value }) => {
      return csvLine([
        'when they come',
        `${partOfDay ?? 'any'} ${partOfWeek ?? 'any'}`,
        `${members}`,
        '',
        hundredths(value),
      ])
    }),
    ...answers.map(({ question, answer, members, value }) => {
      return csvLine(['what they say', `${question}: ${answer}`, `${members}`, '', hundredths(value)])
    }),
    ...(goal?.lift
      ? [
          csvLine([
            ...['goal, percent more repeat visits', `${goal.percent}`, `${goal.lift.treated.members}`, '', ''],
            ...[goal.lift.percent, goal.lift.lowPercent, goal.lift.highPercent].map((one) => one?.toFixed(2) ?? ''),
          ]),
        ]
      : []),
  ]
}

/** Repeat visits so far, week by week: came in the column of visits, foretold in that of the least. */
function trackedLines({ fit }: ShopOutlook): string[] {
  const backTest = fit?.card.backTest ?? fit?.streetBackTest
  const two = (one: number) => one.toFixed(2)
  return [
    ...(backTest?.tracked ?? []).map(({ week, came, foretold }) => {
      return csvLine(['tracked: came, foretold', `week ${week}`, '', '', '', two(came), two(foretold)])
    }),
    ...(backTest?.deciles ?? []).map(({ members, came, foretold }, place) => {
      const part = [`tenth ${place + 1}`, `${Math.round(members)}`]
      return csvLine(['calibration: came, foretold', ...part, '', '', two(came), two(foretold)])
    }),
  ]
}

function forecastLines({ fit }: ShopOutlook): string[] {
  if (fit === null || fit.card.forecast === null) return []
  const { forecast, backTest } = fit.card
  const weeks = forecast.weeks.map(({ expected, low, high }, place) => {
    return csvLine([
      'visits up to week',
      `${place + 1}`,
      '',
      '',
      '',
      ...[expected, low, high].map((one) => one.toFixed(2)),
    ])
  })
  if (backTest === null) return weeks
  const { bias, foretold, came } = backTest
  const tried = [
    'back-test',
    `bias ${bias === null ? 'unknown' : bias.toFixed(4)}, came ${came}`,
    `${backTest.members}`,
  ]
  return [...weeks, csvLine([...tried, '', '', foretold.toFixed(2)])]
}
