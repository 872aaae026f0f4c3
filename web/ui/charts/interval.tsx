import { Plot } from './plot.tsx'

interface IntervalShown {
  readonly id: string
  readonly title: string
  readonly saying: string
  readonly low: number
  readonly middle: number
  readonly high: number
  readonly scale: (value: number) => string
  /** What is wanted, where anything is. */
  readonly goal?: number | undefined
}

const foot = 40
const margin = 28

/** Where a figure lies and how surely, on a line with nought on it; for a phone and for a desk. */
export function Interval(shown: IntervalShown) {
  return (
    <>
      <DrawnInterval {...shown} className="sm:hidden" id={`${shown.id}-small`} wide={340} />
      <DrawnInterval {...shown} className="hidden sm:block" wide={720} />
    </>
  )
}

function DrawnInterval(shown: IntervalShown & { wide: number; className: string }) {
  const { low, middle, high, goal, scale, wide, ...plot } = shown
  const line = goal === undefined ? 20 : 44
  const tall = line + foot
  const ends = [low, high, 0, ...(goal === undefined ? [] : [goal])]
  const [from, to] = [Math.min(...ends), Math.max(...ends)]
  const at = (value: number) => margin + ((value - from) / (to - from || 1)) * (wide - 2 * margin)
  // Names that would stand on one another are left out, the ends' first.
  const clear = (value: number, others: readonly number[]) => others.every((one) => Math.abs(at(one) - at(value)) > 44)
  const ticks = [0, ...[low, high].filter((value) => clear(value, [0]))]
  const shownTicks = clear(low, [high]) ? ticks : ticks.filter((value) => value !== low)
  return (
    <Plot {...plot} tall={tall} wide={wide}>
      <line className="stroke-line-strong" x1={margin} x2={wide - margin} y1={line} y2={line} />
      <line className="stroke-shop" strokeWidth={12} x1={at(low)} x2={at(high)} y1={line} y2={line} />
      <circle className="fill-ink" cx={at(middle)} cy={line} r={6} />
      <line className="stroke-ink" x1={at(0)} x2={at(0)} y1={line - 14} y2={line + 14} />
      {shownTicks.map((value) => (
        <text className="figures fill-soft" fontSize={13} key={value} textAnchor="middle" x={at(value)} y={tall - 8}>
          {scale(value)}
        </text>
      ))}
      {goal === undefined ? null : (
        <>
          <line
            className="stroke-ink"
            strokeDasharray="3 3"
            strokeWidth={2}
            x1={at(goal)}
            x2={at(goal)}
            y1={line - 20}
            y2={line + 14}
          />
          <text className="figures fill-ink" fontSize={13} textAnchor="middle" x={at(goal)} y={16}>
            {`goal ${scale(goal)}`}
          </text>
        </>
      )}
    </Plot>
  )
}
