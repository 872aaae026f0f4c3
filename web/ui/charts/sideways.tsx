import type { ReactNode } from 'react'

/** What may be wider than a phone, and is then moved sideways: by a finger, or by the arrow keys. */
export function Sideways({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach what scrolls
    <section aria-label={label} className="overflow-x-auto" tabIndex={0}>
      {children}
    </section>
  )
}
