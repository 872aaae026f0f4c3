import type { CSSProperties, ReactNode } from 'react'
import { classes } from './classes.ts'

/** Sets a shop's hue for everything inside. */
export function hueStyle(hue: number): CSSProperties {
  return { '--hue': String(hue) } as CSSProperties
}

export function Hued({
  hue,
  className,
  children,
}: {
  hue: number
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <div className={classes('hued', className)} style={hueStyle(hue)}>
      {children}
    </div>
  )
}

/** Two letters at most: "The Corner Bakery" is CB, "Quill & Co" is QC, "Member 3F2A" is 3F. */
export function initialsOf(name: string): string {
  const nameless = /^Member ([0-9A-F]{2})[0-9A-F]{2}$/.exec(name)
  if (nameless) return nameless[1] ?? ''
  const words = name
    .replace(/^(the|an?)\s+/i, '')
    .split(/[\s&'’.-]+/)
    .filter((word) => /^\p{L}/u.test(word) && word.length > 1)
  const first = words[0] ?? name
  const letters = words.length > 1 ? `${first.charAt(0)}${words[1]?.charAt(0) ?? ''}` : first.slice(0, 2)
  return letters.toUpperCase()
}

/** A steady colour for a person without a shop. */
export function hueOfName(name: string): number {
  let sum = 7
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 3600
  return sum % 360
}

/** A shop's little enamel plate, as it would hang over its door. */
export function ShopPlate({ name, hue, size = 'medium' }: { name: string; hue: number; size?: 'medium' | 'large' }) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'hued enamel enamel-small inline-grid shrink-0 select-none place-items-center font-semibold tracking-wide',
        size === 'large' ? 'size-14 rounded-2xl text-lg' : 'size-11 rounded-xl text-[0.8125rem]',
      )}
      style={hueStyle(hue)}
    >
      {initialsOf(name)}
    </span>
  )
}

/** The long sign over the window. */
export function ShopSign({ name, trade, hue }: { name: string; trade?: string | undefined; hue: number }) {
  return (
    <span className="hued enamel flex min-w-0 flex-col rounded-lg px-5 py-3.5" style={hueStyle(hue)}>
      <span className="truncate font-semibold text-lg leading-tight tracking-tight">{name}</span>
      {trade ? <span className="truncate text-cream/90 text-sm">{trade}</span> : null}
    </span>
  )
}
