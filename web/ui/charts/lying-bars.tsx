/** One bar: whose it is, how long, what is written at its end, and what stands under its name. */
export interface LyingBar {
  readonly label: string
  readonly value: number
  readonly shown: string
  readonly note?: string | undefined
}

/** Bars that lie, one under the other, where the names are words: those keep their size on a phone and at a desk. */
export function LyingBars({ title, bars }: { title: string; bars: readonly LyingBar[] }) {
  const most = Math.max(...bars.map((bar) => bar.value), 0)
  const share = (value: number) => (most <= 0 ? 0 : Math.max(0, value) / most)
  return (
    <ul aria-label={title} className="grid gap-3.5">
      {bars.map((bar) => (
        <li key={bar.label}>
          <p className="flex items-baseline justify-between gap-4">
            <span className="min-w-0 break-words font-medium">{bar.label}</span>
            <span className="figures shrink-0">{bar.shown}</span>
          </p>
          <div
            aria-hidden="true"
            className="mt-1.5 h-2.5 min-w-1 rounded-full bg-shop"
            style={{ width: `${(100 * share(bar.value)).toFixed(1)}%` }}
          />
          {bar.note === undefined ? null : <p className="mt-1 text-soft text-sm">{bar.note}</p>}
        </li>
      ))}
    </ul>
  )
}
