import type { Metadata } from 'next'
import { type ChainTotals, chainTotals } from '#web/acts/chain-totals.ts'
import { isOutage } from '#web/acts/outage.ts'
import { isRefusal, type Refusal, refuse } from '#web/acts/refusal.ts'
import { sentenceFor } from '#web/acts/sentences.ts'
import { auditOverview } from '#web/queries/audit-overview.ts'
import { scoreRuns } from '#web/queries/score-runs.ts'
import { selfChecks } from '#web/queries/self-checks.ts'
import { streetFairness } from '#web/queries/street-fairness.ts'
import { FairnessSection } from '#web/ui/fairness-section.tsx'
import { Live } from '#web/ui/live.tsx'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { Area } from '../area.tsx'
import { formats } from '../formats.ts'
import { type BookLine, streetLines } from './book-lines.ts'
import { BooksTable } from './books-table.tsx'
import { InnerChecks } from './inner-checks.tsx'
import { MirrorStanding } from './mirror-standing.tsx'
import { ScoreRunsSection } from './score-runs-section.tsx'
import { SelfCheckAlarm } from './self-check-alarm.tsx'
import { SelfChecksSection } from './self-checks-section.tsx'
import { ShopBooksCard } from './shop-books-card.tsx'
import { Verdict } from './verdict.tsx'

export const metadata: Metadata = { title: 'The books' }

const shownRuns = 5

/** The chain's totals beside the mirror's, and every difference by its name. */
export default async function AuditPage() {
  const [overview, found, totals, fairness, runs, given] = await Promise.all([
    auditOverview(),
    selfChecks(),
    askedChain(),
    streetFairness(),
    scoreRuns(shownRuns),
    formats(),
  ])
  return (
    <Area>
      <Live pace="later" />
      <PageTitle
        lead="What the chain itself says, beside what the portal’s mirror of it says. Anyone may look."
        title="The books"
      />
      <div className="grid grid-cols-1 gap-10">
        <SelfCheckAlarm found={found} given={given} />
        {isRefusal(totals) ? (
          <Empty title="The chain was not asked">{sentenceFor(totals.refused)}</Empty>
        ) : (
          <Verdict given={given} totals={totals} />
        )}
        <SelfChecksSection found={found} given={given} />
        {isRefusal(totals) ? null : <Compared given={given} totals={totals} />}
        <div className="grid grid-cols-1 items-start gap-10 lg:grid-cols-2">
          <MirrorStanding given={given} overview={overview} />
          <InnerChecks given={given} overview={overview} />
        </div>
        <ScoreRunsSection given={given} runs={runs} />
        <FairnessSection fairness={fairness} given={given} />
      </div>
    </Area>
  )
}

async function askedChain(): Promise<ChainTotals | Refusal> {
  try {
    return await chainTotals()
  } catch (problem) {
    if (isOutage(problem)) return refuse('unavailable')
    throw problem
  }
}

function Compared({ totals, given }: { totals: ChainTotals; given: Awaited<ReturnType<typeof formats>> }) {
  const street: readonly BookLine[] = streetLines(totals)
  return (
    <>
      <section>
        <h2 className="mb-3 font-semibold text-xl">The street</h2>
        <BooksTable caption="The whole street" given={given} lines={street} />
      </section>
      <section>
        <h2 className="mb-3 font-semibold text-xl">Shop by shop</h2>
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          {totals.shops.map((shop) => (
            <ShopBooksCard given={given} key={shop.shop} shop={shop} />
          ))}
        </div>
      </section>
    </>
  )
}
