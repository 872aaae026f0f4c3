import { Check, X } from 'lucide-react'
import type { AuditOverview } from '#web/queries/audit-overview.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyExact, formatPointColumn } from '#web/ui/money.ts'
import { SectionTitle } from '#web/ui/parts.tsx'

interface Rule {
  readonly name: string
  readonly holds: boolean
  readonly detail: string
}

/** What must hold within the mirror, whatever the chain says. */
function checksOf({ mirror, sums }: AuditOverview, { money }: Formats): readonly Rule[] {
  const balances = mirror.filter((shop) => shop.supply !== shop.sumOfBalances)
  const flows = mirror.filter((shop) => shop.issued - shop.redeemed - shop.lapsed !== shop.supply)
  const names = (shops: readonly { name: string }[]) => shops.map(({ name }) => name).join(', ')
  return [
    {
      name: 'What all members hold is what is out, shop by shop',
      holds: balances.length === 0,
      detail: balances.length === 0 ? `${formatPointColumn(sums.supply, money)} points` : names(balances),
    },
    {
      name: 'Given less spent less lapsed is what is out',
      holds: flows.length === 0,
      detail: flows.length === 0 ? `${mirror.length} shops` : names(flows),
    },
    {
      name: 'Net positions add up to the pool',
      holds: sums.net === sums.pool,
      detail: `${formatMoneyExact(sums.net, money)} and ${formatMoneyExact(sums.pool, money)}`,
    },
    {
      name: 'Paid in less taken out is reserves and pool',
      holds: sums.money === sums.reserves + sums.pool,
      detail: `${formatMoneyExact(sums.money, money)} and ${formatMoneyExact(sums.reserves + sums.pool, money)}`,
    },
  ]
}

export function InnerChecks({ overview, given }: { overview: AuditOverview; given: Formats }) {
  return (
    <section>
      <SectionTitle title="Within the mirror" />
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card sm:px-7">
        {checksOf(overview, given).map(({ name, holds, detail }) => (
          <li className="flex items-start gap-3 py-3.5" key={name}>
            {holds ? (
              <Check aria-label="Holds" className="mt-0.5 size-5 shrink-0 text-good" role="img" strokeWidth={2.5} />
            ) : (
              <X aria-label="Does not hold" className="mt-0.5 size-5 shrink-0 text-bad" role="img" strokeWidth={2.5} />
            )}
            <div className="min-w-0">
              <p>{name}</p>
              <p className={`figures text-sm ${holds ? 'text-soft' : 'text-bad'}`}>{detail}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
