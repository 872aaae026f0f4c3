import { classes } from '#web/ui/classes.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyExact, formatPointColumn } from '#web/ui/money.ts'
import type { BookLine } from './book-lines.ts'

/** Two columns that should be one. */
export function BooksTable({
  lines,
  given,
  caption,
  frame = 'card',
}: {
  lines: readonly BookLine[]
  given: Formats
  caption: string
  frame?: 'card' | 'none'
}) {
  return (
    <div className={classes(frame === 'card' && 'rounded-3xl border border-line bg-card px-5 shadow-card sm:px-7')}>
      <table className="w-full">
        <caption className="sr-only">{caption}: the chain beside the mirror</caption>
        <thead>
          <tr className="grid grid-cols-2 border-line border-b text-soft sm:table-row">
            <th className="hidden py-3 text-left font-medium sm:table-cell" scope="col">
              <span className="sr-only">Figure</span>
            </th>
            <th className="py-3 text-left font-medium sm:text-right" scope="col">
              The chain
            </th>
            <th className="py-3 text-right font-medium sm:pl-6" scope="col">
              The mirror
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {lines.map((line) => (
            <BookRow given={given} key={line.name} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function BookRow({ line, given }: { line: BookLine; given: Formats }) {
  const { figure } = line
  const written = (units: bigint) =>
    line.unit === 'money' ? formatMoneyExact(units, given.money) : formatPointColumn(units, given.money)
  const differs = figure.difference !== 0n
  return (
    <tr className={classes('grid grid-cols-2 py-3 sm:table-row', differs && 'text-bad')}>
      <th className="col-span-2 text-left font-normal text-soft sm:py-3 sm:text-inherit" scope="row">
        {line.name}
        {differs ? <span className="block font-medium">differs by {written(figure.difference)}</span> : null}
      </th>
      <td className="figures font-medium sm:text-right">{written(figure.chain)}</td>
      <td className="figures text-right font-medium sm:pl-6">{written(figure.mirror)}</td>
    </tr>
  )
}
