import type { AuditOverview } from '#web/queries/audit-overview.ts'
import { formatShortDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { SectionTitle } from '#web/ui/parts.tsx'

/** How far the mirror has come, and how often the chain took something back. */
export function MirrorStanding({ overview, given }: { overview: AuditOverview; given: Formats }) {
  const { checkpoint, reorgs } = overview
  const moment = (at: Date | null) =>
    at === null ? 'never' : `${formatShortDay(at, given.dates)}, ${formatTime(at, given.dates)}`
  const rows = [
    ['Block in the mirror', formatCount(checkpoint.block, given.money)],
    ['Newest block of the chain', formatCount(checkpoint.head, given.money)],
    ['Behind by', checkpoint.lagBlocks === 1 ? '1 block' : `${formatCount(checkpoint.lagBlocks, given.money)} blocks`],
    ['Final up to block', formatCount(checkpoint.finalBlock, given.money)],
    ['Time of that block', moment(checkpoint.blockTime)],
    ['Written last', moment(checkpoint.updatedAt)],
    ['Reorganisations noticed', formatCount(reorgs.length, given.money)],
  ] as const
  return (
    <section>
      <SectionTitle title="The mirror" />
      <dl className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card sm:px-7">
        {rows.map(([name, value]) => (
          <div className="flex justify-between gap-4 py-3" key={name}>
            <dt className="text-soft">{name}</dt>
            <dd className="figures text-right font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      {reorgs.length > 0 ? (
        <ul className="mt-3 px-1 text-soft text-sm">
          {reorgs.slice(0, 10).map((reorg) => (
            <li className="figures" key={`${reorg.ancestor} ${reorg.noticed.getTime()}`}>
              {moment(reorg.noticed)}: from block {formatCount(reorg.oldHead, given.money)} back to{' '}
              {formatCount(reorg.ancestor, given.money)}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}
