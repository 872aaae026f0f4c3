import type { memberHome } from '#web/queries/member-home.ts'
import { formatDay, formatDistance } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { SectionTitle } from '#web/ui/parts.tsx'

type Home = Awaited<ReturnType<typeof memberHome>>

export function Lapses({ lapses, given, now }: { lapses: Home['lapses']; given: Formats; now: Date }) {
  if (lapses.length === 0) return null
  return (
    <section>
      <SectionTitle title="What lapses when" />
      <ol className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {lapses.map((lapse) => (
          <li
            className="flex items-center justify-between gap-4 py-3.5"
            key={`${lapse.shop} ${lapse.at.getTime()} ${lapse.points}`}
          >
            <div className="min-w-0">
              <p className="font-medium">
                {lapse.certain ? '' : 'Not before '}
                {formatDay(lapse.at, now, given.dates)}
              </p>
              <p className="truncate text-soft text-sm">
                {lapse.shopName}, {formatDistance(lapse.at, now, given.dates)}
              </p>
            </div>
            <div className="shrink-0 text-right">
              <p className="figures font-semibold">
                {formatMoneyDown(valueOfPoints(lapse.points, given.money), given.money)}
              </p>
              <p className="figures text-soft text-sm">{formatPoints(lapse.points, given.money)}</p>
            </div>
          </li>
        ))}
      </ol>
      <p className="mt-2.5 px-1 text-soft text-sm">
        The oldest points are always spent first. Points lapse only after a shop has said so at least 30 days before.
      </p>
    </section>
  )
}
