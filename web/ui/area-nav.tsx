'use client'

import { Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useId } from 'react'
import { classes } from './classes.ts'
import { areMany, mostAlongTheThumb, type Place } from './places.ts'

/** On a desk the places stand in the fascia; on a phone along the thumb. */
export function AreaNav({ places, position }: { places: readonly Place[]; position: 'fascia' | 'thumb' }) {
  const path = usePathname()
  if (position === 'fascia') {
    return (
      <nav aria-label="Pages" className={classes('hidden items-center gap-1', areMany(places) ? 'lg:flex' : 'sm:flex')}>
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
  const many = areMany(places)
  const first = many ? places.slice(0, mostAlongTheThumb - 1) : places
  return (
    <nav
      aria-label="Pages"
      className={classes(
        'fixed inset-x-0 bottom-0 z-20 border-line border-t bg-card pb-[env(safe-area-inset-bottom)]',
        many ? 'lg:hidden' : 'sm:hidden',
      )}
    >
      <ul className="mx-auto flex max-w-md">
        {first.map((place) => (
          <li className="flex-1" key={place.href}>
            <Link
              aria-current={path === place.href ? 'page' : undefined}
              className={thumbClasses(path === place.href)}
              href={place.href}
            >
              {place.icon}
              {place.name}
            </Link>
          </li>
        ))}
        {many ? (
          <li className="flex-1">
            {/* Anew on every page: whoever has gone somewhere has no use for it any more. */}
            <More key={path} path={path} places={places.slice(first.length)} />
          </li>
        ) : null}
      </ul>
    </nav>
  )
}

function More({ path, places }: { path: string; places: readonly Place[] }) {
  const id = useId()
  return (
    <>
      <button
        className={classes('w-full cursor-pointer', thumbClasses(places.some(({ href }) => href === path)))}
        popoverTarget={id}
        type="button"
      >
        <Ellipsis aria-hidden="true" className="size-5" />
        More
      </button>
      <ul
        className={classes(
          'fixed inset-x-auto top-auto right-2 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] m-0 min-w-44',
          'rounded-xl border border-line bg-card p-1.5 text-ink shadow-card',
        )}
        id={id}
        popover="auto"
      >
        {places.map((place) => (
          <li key={place.href}>
            <Link
              aria-current={path === place.href ? 'page' : undefined}
              className={classes(
                'flex min-h-12 items-center gap-3 rounded-lg px-3 font-medium',
                path === place.href ? 'text-shop-text' : 'text-ink',
              )}
              href={place.href}
            >
              {place.icon}
              {place.name}
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}

const thumbClasses = (here: boolean): string =>
  classes(
    'flex min-h-16 flex-col items-center justify-center gap-0.5 font-medium text-[0.8125rem]',
    here ? 'text-shop-text' : 'text-soft',
  )
