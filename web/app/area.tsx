import type { ReactNode } from 'react'
import { AreaNav } from '#web/ui/area-nav.tsx'
import { classes } from '#web/ui/classes.ts'
import { Fascia } from '#web/ui/fascia.tsx'
import { PersonSwitcher } from '#web/ui/person-switcher.tsx'
import { areMany, type Place } from '#web/ui/places.ts'
import { hueStyle } from '#web/ui/sign.tsx'
import { choices, currentChoice } from './choices.ts'
import { Leave } from './leave.tsx'
import { session } from './person.ts'

/** The frame of every area: fascia, awning, who is here, the page. */
export async function Area({
  hue,
  places = [],
  width = 'wide',
  children,
}: {
  hue?: number | undefined
  places?: readonly Place[]
  width?: 'narrow' | 'wide' | 'full'
  children: ReactNode
}) {
  const [known, current, inside] = await Promise.all([choices(), currentChoice(), session()])
  const nav = places.length > 0
  return (
    <div className="hued flex min-h-dvh flex-col" style={hue === undefined ? undefined : hueStyle(hue)}>
      <Fascia hue={hue} nav={nav ? <AreaNav places={places} position="fascia" /> : null}>
        {inside && inside.way !== 'demo' ? (
          <Leave />
        ) : known.length > 0 ? (
          <PersonSwitcher choices={known} current={current} />
        ) : null}
      </Fascia>
      <main
        className={classes(
          'mx-auto w-full flex-1 px-4 pt-6 sm:px-6 sm:pt-10',
          nav ? 'pb-28' : 'pb-16',
          nav && (areMany(places) ? 'lg:pb-20' : 'sm:pb-20'),
          width === 'narrow' && 'max-w-2xl',
          width === 'wide' && 'max-w-6xl',
        )}
        id="main"
      >
        {children}
      </main>
      {nav ? <AreaNav places={places} position="thumb" /> : null}
    </div>
  )
}
