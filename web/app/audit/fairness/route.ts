import { streetFairness } from '#web/queries/street-fairness.ts'
import { csvFile, csvLine } from '../../csv.ts'

const heading = [
  'told apart by',
  'group',
  'members',
  'favoured, share',
  'of those who came, share',
  'visits foretold',
  'visits come',
]

/** How groups that no model is told of fare, as one table; anyone may have it. */
export async function GET(): Promise<Response> {
  const fairness = await streetFairness()
  const four = (value: number | null) => (value === null ? '' : value.toFixed(4))
  const lines = (fairness?.cards ?? []).flatMap((card) => [
    ...card.groups.map(({ group, members, favoured, found, foretold, came }) => {
      return csvLine([card.by, group, `${members}`, four(favoured), four(found), four(foretold), four(came)])
    }),
    ...card.small.map(({ group, members }) => csvLine([card.by, group, `${members}`, '', '', '', ''])),
    csvLine([card.by, 'largest less smallest', '', four(card.parityDifference), four(card.opportunityDifference)]),
    csvLine([card.by, 'smallest by largest', '', four(card.parityRatio)]),
  ])
  return csvFile('fairness-of-the-street.csv', [csvLine(heading), ...lines])
}
