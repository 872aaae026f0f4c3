import { segmentNames, segmentOf } from '#indexer/scoring/segments.ts'
import { tierNames } from '#indexer/scoring/tiers.ts'
import { network } from '#web/queries/network.ts'
import { type ShopOutlook, shopOutlook } from '#web/queries/shop-outlook.ts'
import { csvFile, csvLine, hundredths } from '../../../csv.ts'
import { person } from '../../../person.ts'
import { modelCardLines } from './model-card-lines.ts'

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
    ...tierLines(outlook),
    ...outlook.together.map(({ name, members, liftPercent }) => {
      return csvLine(['where else they go', name, `${members}`, '', '', `${liftPercent} % as likely as others`])
    }),
    ...forecastLines(outlook),
    ...metricLines(outlook),
    ...trackedLines(outlook),
    ...holdoutLines(outlook),
    ...modelCardLines(outlook.fit),
  ])
}

function tierLines({ tiers }: ShopOutlook): string[] {
  const counts = [
    ['tiers proposed', 'held'],
    ['tiers by spend', 'bySpend'],
    ['tiers by value', 'byValue'],
    ['tiers: to fall after their notice', 'falling'],
    ['tiers: came in 91 days', 'came'],
    ['tiers: pay with points', 'redeeming'],
  ] as const
  return counts.flatMap(([table, of]) => tiers.map((one) => csvLine([table, tierNames[one.tier], `${one[of]}`])))
}

/** What addressing members brings, against those left alone. */
function holdoutLines({ fit }: ShopOutlook): string[] {
  const holdout = fit?.card.holdout
  if (holdout == null) return []
  const { days, treated, heldOut, difference, low, high, spent } = holdout
  const four = (value: number) => value.toFixed(4)
  const cents = (value: number) => hundredths(BigInt(Math.round(value)))
  return [
    csvLine([`visits in ${days} days`, 'may be addressed', `${treated.members}`, '', '', four(treated.mean)]),
    csvLine([`visits in ${days} days`, 'left alone', `${heldOut.members}`, '', '', four(heldOut.mean)]),
    csvLine([`visits in ${days} days`, 'difference', '', '', '', four(difference), four(low), four(high)]),
    ...(spent === undefined
      ? []
      : [
          csvLine([`spent in ${days} days`, 'may be addressed', `${treated.members}`, cents(spent.treated)]),
          csvLine([`spent in ${days} days`, 'left alone', `${heldOut.members}`, cents(spent.heldOut)]),
          csvLine([
            ...[`spent in ${days} days`, 'difference, at least, at most', '', cents(spent.difference), ''],
            ...['', cents(spent.low), cents(spent.high)],
          ]),
        ]),
  ]
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
