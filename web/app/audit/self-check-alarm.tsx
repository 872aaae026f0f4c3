import { TriangleAlert } from 'lucide-react'
import type { SelfChecks } from '#web/queries/self-checks.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { checkWords } from './self-check-words.ts'

/** A check that failed stands above everything else, until it holds again. */
export function SelfCheckAlarm({ found, given }: { found: SelfChecks; given: Formats }) {
  const failed = found.checks.filter(({ verdict }) => verdict === 'differs')
  if (failed.length === 0) return null
  return (
    <section className="flex items-start gap-4 rounded-3xl bg-bad-soft px-6 py-6 text-bad sm:px-9" role="alert">
      <TriangleAlert aria-hidden="true" className="mt-1 size-7 shrink-0" strokeWidth={2.2} />
      <div className="min-w-0">
        <p className="font-semibold text-2xl tracking-tight">The mirror does not say what the chain says</p>
        <p className="mt-1 text-lg">
          The chain is right. Until this is mended, trust the contracts and not the figures in this portal.
        </p>
        <ul className="mt-2 font-medium">
          {failed.map(({ name, block }) => (
            <li className="figures" key={name}>
              {checkWords[name].title}: differs at block {formatCount(block, given.money)}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
