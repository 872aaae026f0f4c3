import { niceTop } from './nice-top.ts'
import { PlaceNames, Plot, Scale } from './plot.tsx'

/** One place along the way: what is expected, and between what it lies nine times of ten. */
export interface BandPoint {
  readonly label: string
  readonly expected: number
  readonly low: number
  readonly high: number
}

interface BandShown {
  readonly id: string
  readonly title: string
  readonly saying: string
  readonly points: readonly BandPoint[]
  /** How a figure on the scale is written. */
  readonly scale: (value: number) => string
}

const tall = 240
const foot = 28
const left = 48
const right = 24
const top = 12

/** A line within its band; drawn for a phone and for a desk, so that words keep their size. */
export function Band(shown: BandShown) {
  return (
    <>
      <DrawnBand {...shown} className="sm:hidden" id={`${shown.id}-small`} labels={4} wide={340} />
      <DrawnBand {...shown} className="hidden sm:block" labels={7} wide={960} />
    </>
  )
}

/** The scale begins at nought, so that a small change does not look like a large one. */
function DrawnBand(shown: BandShown & { wide: number; labels: number; className: string }) {
  const { id, title, saying, points, scale, wide, labels, className } = shown
  const most = niceTop(Math.max(...points.map((point) => point.high), 0))
  const x = (place: number) => left + (place * (wide - left - right)) / Math.max(1, points.length - 1)
  const y = (value: number) => top + (1 - value / most) * (tall - foot - top)
  const line = (of: (point: BandPoint) => number) => points.map((point, place) => `${x(place)},${y(of(point))}`)
  const band = [...line((point) => point.high), ...line((point) => point.low).reverse()].join(' ')
  return (
    <Plot className={className} id={id} saying={saying} tall={tall} title={title} wide={wide}>
      <Scale left={left} most={most} scale={scale} wide={wide} y={y} />
      <polygon className="fill-shop-edge" fillOpacity={0.55} points={band} />
      <polyline
        className="stroke-shop-text"
        fill="none"
        points={line((point) => point.expected).join(' ')}
        strokeLinejoin="round"
        strokeWidth={2.5}
      />
      <PlaceNames labels={labels} points={points} tall={tall} x={x} />
    </Plot>
  )
}
