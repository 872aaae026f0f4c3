import type { ShopTotals } from '#web/acts/chain-totals.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { laneLines, shopLines } from './book-lines.ts'
import { BooksTable } from './books-table.tsx'

export function ShopBooksCard({ shop, given }: { shop: ShopTotals; given: Formats }) {
  return (
    <article className="rounded-3xl border border-line bg-card px-5 pt-5 pb-3 shadow-card sm:px-7">
      <h3 className="font-semibold text-lg">{shop.name}</h3>
      <BooksTable caption={shop.name} frame="none" given={given} lines={shopLines(shop)} />
      <details className="border-line border-t">
        <summary className="min-h-11 py-2.5 font-medium text-shop-text">By age of the points</summary>
        <BooksTable caption={`${shop.name}, by age`} frame="none" given={given} lines={laneLines(shop)} />
      </details>
    </article>
  )
}
