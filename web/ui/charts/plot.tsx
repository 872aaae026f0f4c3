import type { ReactNode } from 'react'

/** What every drawing has: its title and what it says in a sentence, for whoever does not see it. */
export function Plot({
  id,
  title,
  saying,
  wide,
  tall,
  className,
  children,
}: {
  id: string
  title: string
  saying: string
  wide: number
  tall: number
  className: string
  children: ReactNode
}) {
  return (
    <svg
      aria-labelledby={`${id}-title ${id}-saying`}
      className={`h-auto w-full ${className}`}
      role="img"
      viewBox={`0 0 ${wide} ${tall}`}
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-saying`}>{saying}</desc>
      {children}
    </svg>
  )
}

/** Nought, half and all of the scale, each with its line across. */
export function Scale({
  most,
  left,
  wide,
  y,
  scale,
}: {
  most: number
  left: number
  wide: number
  y: (value: number) => number
  scale: (value: number) => string
}) {
  return [0, 0.5, 1].map((share) => (
    <g className="figures" key={share}>
      <line className="stroke-line" x1={left} x2={wide} y1={y(share * most)} y2={y(share * most)} />
      <text className="fill-soft" fontSize={13} textAnchor="end" x={left - 8} y={y(share * most) + 5}>
        {scale(share * most)}
      </text>
    </g>
  ))
}

/** The names of the places along the foot: as many as there is room for, the first among them. */
export function PlaceNames({
  points,
  labels,
  tall,
  x,
}: {
  points: readonly { readonly label: string }[]
  labels: number
  tall: number
  x: (place: number) => number
}) {
  const every = Math.ceil(points.length / labels)
  return points.map(({ label }, place) =>
    place % every === 0 ? (
      <text className="figures fill-soft" fontSize={13} key={label} textAnchor="middle" x={x(place)} y={tall - 6}>
        {label}
      </text>
    ) : null,
  )
}
