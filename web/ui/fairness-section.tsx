import { Download } from 'lucide-react'
import type { FairnessCard } from '#indexer/scoring/model-card.ts'
import type { StreetFairness } from '#web/queries/street-fairness.ts'
import { buttonClasses } from '#web/ui/button.tsx'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatShareDown } from '#web/ui/money.ts'
import { Card, SectionTitle } from '#web/ui/parts.tsx'

/**
 * Whether what is expected of members treats groups alike: for board and auditor to look at, and nothing that any
 * model is told of.
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
        <>
          <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
            {cards.map((card) => (
              <GroupsCard card={card} given={given} key={card.by} />
            ))}
          </div>
          <a className={buttonClasses('outline', 'medium', 'mt-4')} download href="/audit/fairness">
            <Download aria-hidden="true" className="size-5" /> Save these groups as a table
          </a>
        </>
      )}
    </section>
  )
}

const titles: Readonly<Record<FairnessCard['by'], string>> = {
  'when they shop': 'By when they shop',
  'since when': 'By how long they have been coming',
}

function GroupsCard({ card, given }: { card: FairnessCard; given: Formats }) {
  const visits = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  const share = (value: number | null) => (value === null ? '–' : formatShareDown(value, given.money))
  const title = titles[card.by]
  if (card.groups.length === 0) {
    return (
      <Card className="p-5 sm:p-7">
        <h3 className="font-semibold text-lg">{title}</h3>
        <p className="mt-1 text-soft">No group has a hundred members, and fewer would tell of chance.</p>
        <p className="mt-3 text-soft text-sm">{differenceWords(card, share)}</p>
      </Card>
    )
  }
  return (
    <ChartFrame
      saying="The share of each group that counts among the upper third, by what is expected of them."
      table={{
        heads: ['Group', 'Members', 'Favoured', 'Of those who came', 'Foretold', 'Came'],
        rows: card.groups.map((group) => [
          ...[group.group, formatCount(group.members, given.money), share(group.favoured), share(group.found)],
          ...[visits.format(group.foretold), visits.format(group.came)],
        ]),
      }}
      title={title}
    >
      <LyingBars
        bars={card.groups.map((group) => ({
          label: group.group,
          value: group.favoured,
          shown: share(group.favoured),
          note: `${visits.format(group.foretold)} visits each foretold, ${visits.format(group.came)} came`,
        }))}
        title={title}
      />
      <p className="mt-4 rounded-2xl bg-sunk px-4 py-3 text-sm">{differenceWords(card, share)}</p>
    </ChartFrame>
  )
}

function differenceWords(card: FairnessCard, share: (value: number | null) => string): string {
  const small = card.small.map(({ group, members }) => `${group} (${members})`)
  const left = small.length === 0 ? '' : ` Too few to be judged: ${small.join(', ')}.`
  if (card.parityDifference === null) return `There are no two groups to compare.${left}`
  const parity = `Favoured: ${share(card.parityDifference)} apart, ratio ${share(card.parityRatio)}.`
  return `${parity} Of those who came often: ${share(card.opportunityDifference)} apart.${left}`
}
