import type { ShopCard } from '#web/queries/shops.ts'
import { formatMoneyDown, formatPoints, formatShareDown, type MoneyFormat, moneyOfCents } from '#web/ui/money.ts'
import { hueStyle, ShopSign } from '#web/ui/sign.tsx'

/** One shop as it stands on the street: awning, sign, and what hangs in the window. */
export function Shopfront({ front, money }: { front: ShopCard; money: MoneyFormat }) {
  return (
    <article
      className="hued overflow-hidden rounded-3xl border border-line bg-card shadow-card"
      style={hueStyle(front.hue)}
    >
      <div aria-hidden="true" className="awning" />
      <div className="px-4 pt-2 pb-4">
        <h2>
          <ShopSign hue={front.hue} name={front.name} trade={front.trade} />
        </h2>
        <dl className="mt-3 rounded-2xl bg-shop-soft px-4 py-3 text-[0.9375rem]">
          {front.isCharity ? (
            <div className="flex justify-between gap-3 text-shop-text">
              <dt>Takes points as gifts</dt>
              <dd>gives none</dd>
            </div>
          ) : (
            <div className="flex justify-between gap-3 text-shop-text">
              <dt>For every {formatMoneyDown(moneyOfCents(100n, money), money)}</dt>
              <dd className="figures font-semibold">{formatPoints(BigInt(front.earnRate), money)}</dd>
            </div>
          )}
          <div className="mt-1 flex justify-between gap-3 text-shop-text">
            <dt className="truncate">{front.street}</dt>
            <dd className="figures shrink-0">
              {front.backing === null ? null : `${formatShareDown(Math.min(front.backing, 1), money)} backed`}
            </dd>
          </div>
        </dl>
      </div>
    </article>
  )
}
