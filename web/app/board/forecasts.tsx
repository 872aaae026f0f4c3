import type { ShopForecasts } from '#web/queries/board-room.ts'
import { ChartFrame } from '#web/ui/charts/chart-frame.tsx'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { modelWords } from '#web/ui/model-words.ts'
import { formatCount } from '#web/ui/money.ts'
import { Empty } from '#web/ui/parts.tsx'

/** How good forecasts are, shop by shop, with the sign of their error: what is promised too much is said to be. */
export function Forecasts({ forecasts, given }: { forecasts: readonly ShopForecasts[]; given: Formats }) {
  const tried = forecasts.flatMap((one) => (one.tried === null ? [] : [{ ...one, tried: one.tried }]))
  const untried = forecasts.filter((one) => one.tried === null && one.shop !== 0)
  const { money } = given
  const visits = new Intl.NumberFormat(money.locale, { maximumSignificantDigits: 3 })
  if (tried.length === 0) {
    return (
      <Empty title="No forecast was tried yet">
        A shop needs some history to hold part of it back; until then its figures lean on the whole street.
      </Empty>
    )
  }
  return (
    <ChartFrame
      saying="Visits, foretold from a part of what is known and held against the rest of it."
      table={{
        heads: ['Shop', 'Members', 'Model', 'Foretold', 'Came', 'Off by, visits a member', 'As much as before: off by'],
        rows: tried.map(({ name, members, model, tried: seen }) => [
          ...[name, formatCount(members, money), modelWords(model), visits.format(seen.foretold)],
          ...[formatCount(seen.came, money), visits.format(seen.error)],
          seen.baselineError === null ? '–' : visits.format(seen.baselineError),
        ]),
      }}
      title="How far forecasts were off"
    >
      <LyingBars
        bars={tried.map((one) => ({
          label: one.name,
          value: Math.abs(one.tried.bias ?? 0),
          shown: biasWords(one.tried.bias, given),
          note: noteOf(one, one.tried),
        }))}
        title="How far forecasts were off"
      />
      {untried.length === 0 ? null : (
        <p className="mt-4 rounded-2xl bg-sunk px-4 py-3 text-sm">
          {`Too little history to try one: ${untried.map(({ name }) => name).join(', ')}. `}
          Their figures lean on the whole street.
        </p>
      )}
    </ChartFrame>
  )
}

/** "MBG/NBD, leaning on the whole street; 3 × 28 days". */
function noteOf({ model, pooled }: ShopForecasts, { times, days }: NonNullable<ShopForecasts['tried']>): string {
  return `${modelWords(model)}${pooled ? ', leaning on the whole street' : ''}; ${times} × ${days} days`
}

/** "12 % too few", "4 % too many". */
function biasWords(bias: number | null, { money }: Formats): string {
  if (bias === null) return 'nobody came'
  const share = new Intl.NumberFormat(money.locale, { style: 'percent', maximumFractionDigits: 1 })
  if (Math.abs(bias) < 0.0005) return 'as many as came'
  return `${share.format(Math.abs(bias))} too ${bias < 0 ? 'few' : 'many'}`
}
