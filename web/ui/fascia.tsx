import Link from 'next/link'
import type { ReactNode } from 'react'
import { hueStyle } from './sign.tsx'

const NETWORK_HUE = 166

export function Wordmark() {
  return (
    <Link aria-label="Highstreet, to the street" className="flex items-center gap-2.5 rounded-lg" href="/">
      <svg aria-hidden="true" className="size-8" viewBox="0 0 32 32">
        <path d="M4 6h6v10a3 3 0 0 1-6 0zM16 6h6v10a3 3 0 0 1-6 0z" fill="var(--cream)" />
        <path d="M10 6h6v10a3 3 0 0 1-6 0zM22 6h6v10a3 3 0 0 1-6 0z" fill="oklch(0.76 0.125 75)" />
        <path d="M5 26h22" stroke="var(--cream)" strokeLinecap="round" strokeWidth="2.5" />
      </svg>
      <span className="font-semibold text-cream text-xl tracking-tight">Highstreet</span>
    </Link>
  )
}

/** The board over the shopfront with its awning below; the cloth takes the shop's colour where there is a shop. */
export function Fascia({ hue, nav, children }: { hue?: number | undefined; nav?: ReactNode; children?: ReactNode }) {
  return (
    <header className="on-fascia relative z-30">
      <div className="bg-fascia">
        <div className="mx-auto flex min-h-16 max-w-6xl items-center justify-between gap-4 px-4 py-2 sm:px-6">
          <div className="flex min-w-0 items-center gap-8">
            <Wordmark />
            {nav}
          </div>
          {children}
        </div>
      </div>
      <div aria-hidden="true" className="hued drop-shadow-sm" style={hueStyle(hue ?? NETWORK_HUE)}>
        <div className="awning" />
      </div>
    </header>
  )
}
