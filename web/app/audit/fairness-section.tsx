import type { FairnessCard } from '#indexer/scoring/model-card.ts'
import type { StreetFairness } from '#web/queries/street-fairness.ts'
import { Sideways } from '#web/ui/charts/sideways.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'
import { Card, SectionTitle } from '#web/ui/parts.tsx'

/**
 * Whether what is expected of members treats groups alike: for the auditor only, and nothing that a model is told of.
 */
export function FairnessSection({ fairness, given }: { fairness: StreetFairness | null; given: Formats }) {
  const cards = fairness?.cards ?? null
  return (
    <section aria-labelledby="fairness">
      <div id="fairness">
        <SectionTitle
          aside={fairness === null ? undefined : `as of ${formatDayWithYear(fairness.watermark, given.dates)}`}
          title="Are members judged alike?"
        />
      </div>
      {cards === null ? (
        <p className="text-soft">There is too little history to hold forecasts against what came, group by group.</p>
      ) : (
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          {cards.map((card) => (
            <GroupsCard card={card} given={given} key={card.by} />
          ))}
        </div>
      )}
    </section>
  )
}

function GroupsCard({ card, given }: { card: FairnessCard; given: Formats }) {
  const visits = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  const share = (value: number | null) => (value === null ? '–' : formatShareDown(value, given.money))
  return (
    <Card className="p-5 sm:p-7">
      <h3 className="font-semibold text-lg">By {card.by}</h3>
      {card.groups.length === 0 ? (
        <p className="mt-1 text-soft">No group has a hundred members, and fewer would tell of chance.</p>
      ) : (
        <Sideways label={`Groups by ${card.by}`}>
          <table className="mt-3 w-full min-w-max text-right text-sm">
            <caption className="sr-only">Groups by {card.by}</caption>
            <thead className="border-line border-b text-soft">
              <tr>
                <th className="py-2 text-left font-normal" scope="col">
                  Group
                </th>
                {['Members', 'Favoured', 'Of those who came', 'Foretold', 'Came'].map((head) => (
                  <th className="py-2 pl-3 font-normal" key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="figures divide-y divide-line">
              {card.groups.map((group) => (
                <tr key={group.group}>
                  <th className="py-2 text-left font-medium" scope="row">
                    {group.group}
                  </th>
                  <td className="py-2 pl-3">{formatCount(group.members, given.money)}</td>
                  <td className="py-2 pl-3">{share(group.favoured)}</td>
                  <td className="py-2 pl-3">{share(group.found)}</td>
                  <td className="py-2 pl-3">{visits.format(group.foretold)}</td>
                  <td className="py-2 pl-3">{visits.format(group.came)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <p className="mt-3 text-soft text-sm">{differenceWords(card, share)}</p>
    </Card>
  )
}

function differenceWords(card: FairnessCard, share: (value: number | null) => string): string {
  const small = card.small.map(({ group, members }) => `${group} (${members})`)
  const left = small.length === 0 ? '' : ` Too few to be judged: ${small.join(', ')}.`
  if (card.parityDifference === null) return `There are no two groups to compare.${left}`
  const parity = `Favoured: ${share(card.parityDifference)} apart, ratio ${share(card.parityRatio)}.`
  return `${parity} Of those who came often: ${share(card.opportunityDifference)} apart.${left}`
}
