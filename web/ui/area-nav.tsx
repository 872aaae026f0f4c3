'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export interface Place {
  readonly href: string
  readonly name: string
  readonly icon: ReactNode
}

/** On a desk the places stand in the fascia; on a phone along the thumb. */
export function AreaNav({ places, position }: { places: readonly Place[]; position: 'fascia' | 'thumb' }) {
  const path = usePathname()
  if (position === 'fascia') {
    return (
      <nav aria-label="Pages" className="hidden items-center gap-1 sm:flex">
        {places.map((place) => (
          <Link
            aria-current={path === place.href ? 'page' : undefined}
            className={classes(
              'rounded-lg px-3 py-2 font-medium text-cream/85 transition-colors hover:text-cream',
              path === place.href && 'bg-fascia-deep text-cream',
            )}
            href={place.href}
            key={place.href}
          >
            {place.name}
          </Link>
        ))}
      </nav>
    )
  }
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-20 border-line border-t bg-card pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <ul className="mx-auto flex max-w-md">
        {places.map((place) => (
          <li className="flex-1" key={place.href}>
            <Link
              aria-current={path === place.href ? 'page' : undefined}
              className={classes(
                'flex min-h-16 flex-col items-center justify-center gap-0.5 font-medium text-[0.8125rem]',
                path === place.href ? 'text-shop-text' : 'text-soft',
              )}
              href={place.href}
            >
              {place.icon}
              {place.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
