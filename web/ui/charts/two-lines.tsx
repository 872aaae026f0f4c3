import { niceTop } from './nice-top.ts'
import { PlaceNames, Plot, Scale } from './plot.tsx'

/** One place along the way: what came, and what was foretold of it. */
export interface TwoPoint {
  readonly label: string
  readonly came: number
  readonly foretold: number
}

interface TwoLinesShown {
  readonly id: string
  readonly title: string
  readonly saying: string
  readonly points: readonly TwoPoint[]
  /** From this place on it is a forecast. */
  readonly forecastFrom: number
  /** How a figure on the scale is written. */
  readonly scale: (value: number) => string
}

const tall = 240
const foot = 28
const left = 52
const right = 24
const top = 12

/** What came and what was foretold, as two lines; drawn for a phone and for a desk, so that words keep their size. */
export function TwoLines(shown: TwoLinesShown) {
  return (
    <>
      <DrawnLines {...shown} className="sm:hidden" id={`${shown.id}-small`} labels={4} wide={340} />
      <DrawnLines {...shown} className="hidden sm:block" labels={8} wide={960} />
      <p className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-soft text-sm">
        <span className="inline-flex items-center gap-2">
          <span aria-hidden="true" className="h-0.5 w-6 bg-ink" /> came
        </span>
        <span className="inline-flex items-center gap-2">
          <span aria-hidden="true" className="w-6 border-shop-text border-t-2 border-dashed" /> foretold
        </span>
      </p>
    </>
  )
}

function DrawnLines(shown: TwoLinesShown & { wide: number; labels: number; className: string }) {
  const { id, title, saying, points, forecastFrom, scale, wide, labels, className } = shown
  const most = niceTop(Math.max(...points.map((point) => Math.max(point.came, point.foretold)), 0))
  const x = (place: number) => left + (place * (wide - left - right)) / Math.max(1, points.length - 1)
  const y = (value: number) => top + (1 - value / most) * (tall - foot - top)
  const line = (of: (point: TwoPoint) => number) =>
    points.map((point, place) => `${x(place).toFixed(1)},${y(of(point)).toFixed(1)}`).join(' ')
  return (
    <Plot className={className} id={id} saying={saying} tall={tall} title={title} wide={wide}>
      <rect
        className="fill-sunk"
        height={tall - foot - top}
        width={Math.max(0, wide - right - x(forecastFrom))}
        x={x(forecastFrom)}
        y={top}
      />
      <Scale left={left} most={most} scale={scale} wide={wide} y={y} />
      <polyline className="stroke-ink" fill="none" points={line((point) => point.came)} strokeWidth={2.5} />
      <polyline
        className="stroke-shop-text"
        fill="none"
        points={line((point) => point.foretold)}
        strokeDasharray="7 5"
        strokeWidth={2.5}
      />
      <PlaceNames labels={labels} points={points} tall={tall} x={x} />
    </Plot>
  )
}
