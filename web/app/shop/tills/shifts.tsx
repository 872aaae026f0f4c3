import { SectionTitle } from '#web/ui/parts.tsx'

export interface ShownShift {
  readonly name: string
  readonly place: string
  readonly day: string
  readonly from: string
  /** null: it still goes on. */
  readonly until: string | null
  readonly sales: number
  readonly payments: number
}

/** Who worked when, and how much went through their hands. */
export function Shifts({ shifts }: { shifts: readonly ShownShift[] }) {
  if (shifts.length === 0) return null
  return (
    <section>
      <SectionTitle title="Latest shifts" />
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {shifts.map((shift) => (
          <li
            className="flex items-baseline justify-between gap-4 py-3"
            key={`${shift.place} ${shift.day} ${shift.from} ${shift.name}`}
          >
            <div className="min-w-0">
              <p className="truncate font-medium">{shift.name}</p>
              <p className="figures text-soft text-sm">
                {shift.day}, {shift.from} {shift.until === null ? 'until now' : `to ${shift.until}`}, {shift.place}
              </p>
            </div>
            <p className="figures shrink-0 text-right text-soft text-sm">
              {countWords(shift.sales, 'sale')}
              <br />
              {countWords(shift.payments, 'payment')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

const countWords = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
