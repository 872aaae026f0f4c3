import { niceTop } from './nice-top.ts'
import { Plot, Scale } from './plot.tsx'

/** Two bars beside one another: what was foretold and what came. */
export interface PairOfBars {
  readonly label: string
  readonly foretold: number
  readonly came: number
}

interface PairsShown {
  readonly id: string
  readonly title: string
  readonly saying: string
  readonly pairs: readonly PairOfBars[]
  readonly scale: (value: number) => string
}

const tall = 220
const foot = 28
const left = 44
const top = 12

/** Foretold beside come, part by part; drawn for a phone and for a desk, so that words keep their size. */
export function PairedBars(shown: PairsShown) {
  return (
    <>
      <DrawnPairs {...shown} className="sm:hidden" id={`${shown.id}-small`} wide={340} />
      <DrawnPairs {...shown} className="hidden sm:block" wide={960} />
      <p className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-soft text-sm">
        <span className="inline-flex items-center gap-2">
          <span aria-hidden="true" className="size-3 rounded-sm bg-shop" /> foretold
        </span>
        <span className="inline-flex items-center gap-2">
          <span aria-hidden="true" className="size-3 rounded-sm bg-ink" /> came
        </span>
      </p>
    </>
  )
}

function DrawnPairs({
  id,
  title,
  saying,
  pairs,
  scale,
  wide,
  className,
}: PairsShown & { wide: number; className: string }) {
  const most = niceTop(Math.max(...pairs.map((pair) => Math.max(pair.foretold, pair.came)), 0))
  const step = (wide - left) / Math.max(1, pairs.length)
  const y = (value: number) => top + (1 - Math.max(0, value) / most) * (tall - foot - top)
  const bar = (value: number) => ({ y: y(value), height: tall - foot - y(value), width: step * 0.34, rx: 2 })
  return (
    <Plot className={className} id={id} saying={saying} tall={tall} title={title} wide={wide}>
      <Scale left={left} most={most} scale={scale} wide={wide} y={y} />
      {pairs.map((pair, place) => {
        const middle = left + place * step + step / 2
        return (
          <g key={pair.label}>
            <rect className="fill-shop" x={middle - step * 0.36} {...bar(pair.foretold)} />
            <rect className="fill-ink" x={middle + step * 0.02} {...bar(pair.came)} />
            <text className="figures fill-soft" fontSize={13} textAnchor="middle" x={middle} y={tall - 8}>
              {pair.label}
            </text>
          </g>
        )
      })}
    </Plot>
  )
}
