import type { ChainTotals } from '#web/acts/chain-totals.ts'
import { classes } from '#web/ui/classes.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyExact, formatPointColumn } from '#web/ui/money.ts'
import { differingLines } from './book-lines.ts'

/** One look says whether the two books agree; if not, where. */
export function Verdict({ totals, given }: { totals: ChainTotals; given: Formats }) {
  const differing = differingLines(totals)
  const agree = totals.differences === 0 && differing.length === 0
  const block = formatCount(totals.block, given.money)
  return (
    <section
      aria-live="polite"
      className={classes(
        'flex flex-wrap items-center gap-x-7 gap-y-5 rounded-3xl px-6 py-7 sm:px-9',
        agree ? 'bg-good-soft' : 'bg-bad-soft',
      )}
    >
      <svg
        aria-hidden="true"
        className={classes('size-20 shrink-0', agree ? 'text-good' : 'text-bad')}
        viewBox="0 0 48 48"
      >
        <circle cx="24" cy="24" fill="none" r="22" stroke="currentColor" strokeWidth="2" />
        <circle
          cx="24"
          cy="24"
          fill="none"
          r="18.5"
          stroke="currentColor"
          strokeDasharray="1.5 2.4"
          strokeWidth="1.2"
        />
        <path
          d={agree ? 'M16 24.5l5.8 6L32.5 18.5' : 'M18 18l12 12M30 18L18 30'}
          fill="none"
          stroke="currentColor"
          strokeLinecap="round"
          strokeLinejoin="round"
          strokeWidth="3.4"
        />
      </svg>
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-2xl tracking-tight sm:text-3xl" data-differences={totals.differences}>
          {agree
            ? 'The two books agree'
            : totals.differences === 1
              ? 'One figure differs'
              : `${totals.differences} figures differ`}
        </p>
        <p className="mt-1 text-lg text-soft">
          {agree ? `0 differences at block ${block}` : `at block ${block}, chain minus mirror:`}
        </p>
        <ul className="mt-2">
          {differing.map(({ name, unit, figure }) => (
            <li className="figures font-medium text-bad" key={name}>
              {name}:{' '}
              {unit === 'money'
                ? formatMoneyExact(figure.difference, given.money)
                : `${formatPointColumn(figure.difference, given.money)} points`}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
