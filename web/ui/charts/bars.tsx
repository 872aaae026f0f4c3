import { Plot } from './plot.tsx'

/** One bar: how high, what stands under it, and what is written above it. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly shown: string
}

interface BarsShown {
  readonly id: string
  readonly title: string
  readonly saying: string
  readonly bars: readonly Bar[]
}

const high = 200
const foot = 24
const head = 20

/** Upright bars from nought, in the shop's colour; drawn for a phone and for a desk, so that words keep their size. */
export function Bars(shown: BarsShown) {
  return (
    <>
      <DrawnBars {...shown} className="sm:hidden" id={`${shown.id}-small`} wide={340} />
      <DrawnBars {...shown} className="hidden sm:block" wide={520} />
    </>
  )
}

function DrawnBars({ id, title, saying, bars, wide, className }: BarsShown & { wide: number; className: string }) {
  const most = Math.max(...bars.map((bar) => bar.value), 0)
  const step = wide / Math.max(1, bars.length)
  const height = (value: number) => (most <= 0 ? 0 : (Math.max(0, value) / most) * (high - foot - head))
  return (
    <Plot className={className} id={id} saying={saying} tall={high} title={title} wide={wide}>
      {bars.map((bar, place) => {
        const tall = height(bar.value)
        const middle = place * step + step / 2
        return (
          <g className="figures" fontSize={13} key={bar.label} textAnchor="middle">
            <rect
              className="fill-shop"
              height={Math.max(tall, bar.value > 0 ? 2 : 0)}
              rx={3}
              width={step * 0.62}
              x={middle - step * 0.31}
              y={high - foot - tall}
            />
            <text className="fill-ink font-medium" x={middle} y={high - foot - tall - 6}>
              {bar.shown}
            </text>
            <text className="fill-soft" x={middle} y={high - 6}>
              {bar.label}
            </text>
          </g>
        )
      })}
      <line className="stroke-line-strong" x1={0} x2={wide} y1={high - foot} y2={high - foot} />
    </Plot>
  )
}
