import type { ScoreRun } from '#web/queries/score-runs.ts'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { Card, ProgressChip, SectionTitle } from '#web/ui/parts.tsx'

/** What was said of members, fixed before anything was done by it; and how anybody does it again. */
export function ScoreRunsSection({ runs, given }: { runs: readonly ScoreRun[]; given: Formats }) {
  return (
    <section>
      <SectionTitle title="Looks at members" />
      <Card className="px-5 py-2">
        {runs.length === 0 ? (
          <p className="py-3 text-soft">Nothing has been said of members yet.</p>
        ) : (
          <ul className="divide-y divide-line">
            {runs.map((run) => (
              <li className="py-3" key={`${run.root} ${run.finishedAt.getTime()}`}>
                <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <span className="font-medium">{formatDayWithYear(run.finishedAt, given.dates)}</span>
                  <span className="figures text-soft">
                    {`${formatCount(run.members, given.money)} scores, as of block ${run.block}`}
                  </span>
                  {run.commitment === null ? null : <ProgressChip progress={run.commitment.state} />}
                </p>
                <p className="mt-1 break-all font-mono text-soft text-xs">{`${run.model}, inputs ${run.inputsHash}`}</p>
                <p className="break-all font-mono text-soft text-xs">{`root ${run.root}`}</p>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <p className="mt-3 max-w-prose text-soft text-sm">
        Whoever has the inputs of a run, this one or any before it, does it again and comes to the same root: ask the
        operator for them, then <code className="font-mono">npm run score -- replay</code>. Purchases are read from the
        chain itself. A member checks their own under “You”.
      </p>
    </section>
  )
}
