import { Fascia } from './fascia.tsx'

/** The frame stands at once, the page grows into it. */
export function LoadingPage({ width }: { width: 'narrow' | 'wide' }) {
  return (
    <>
      <Fascia />
      <main
        aria-busy="true"
        className={`mx-auto w-full px-4 pt-6 sm:px-6 sm:pt-10 ${width === 'narrow' ? 'max-w-2xl' : 'max-w-6xl'}`}
        id="main"
      >
        <p className="sr-only" role="status">
          One moment
        </p>
        <div className="h-56 animate-breathe rounded-3xl bg-sunk" />
        <div className="mt-6 grid grid-cols-1 gap-4 sm:grid-cols-2">
          <div className="h-32 animate-breathe rounded-3xl bg-sunk" />
          <div className="h-32 animate-breathe rounded-3xl bg-sunk" />
        </div>
      </main>
    </>
  )
}
