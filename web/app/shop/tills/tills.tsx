import { History } from 'lucide-react'
import type { ShopTill } from '#web/queries/shop-desk.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { Empty, SectionTitle } from '#web/ui/parts.tsx'
import { type SwitchingOff, TillRow } from './till-row.tsx'

/** Every till of the shop, and who stands at it. */
export function TillsAtAGlance({
  tills,
  onDuty,
  ...switching
}: SwitchingOff & {
  tills: readonly ShopTill[]
  /** Names by the till's number; null where the shop keeps no cashiers. */
  onDuty: ReadonlyMap<number, string> | null
}) {
  return (
    <section>
      <SectionTitle title="Tills" />
      {tills.length === 0 ? (
        <Empty title="No till yet">Points are given and taken at tills.</Empty>
      ) : (
        <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
          {tills.map((till) => (
            <TillRow
              key={till.till}
              {...switching}
              till={{ till: till.till, name: till.name, words: placeWords(till, onDuty), revoked: till.revoked }}
            />
          ))}
        </ul>
      )}
      <div className="mt-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p className="max-w-prose text-soft">Did your members buy here before there were tills?</p>
        <ButtonLink href="/shop/past-sales" look="outline">
          <History aria-hidden="true" className="size-5" /> Bring in past sales
        </ButtonLink>
      </div>
    </section>
  )
}

function placeWords({ till, kind, revoked, cashier }: ShopTill, onDuty: ReadonlyMap<number, string> | null): string {
  if (kind === 'Import') return 'Brings in past sales'
  if (kind === 'Campaign') return 'Gives a campaign’s points'
  if (revoked) return 'At the counter'
  if (onDuty === null) return cashier || 'At the counter'
  const standing = onDuty.get(till)
  return standing === undefined ? 'Nobody has signed in' : `${standing} stands here`
}
