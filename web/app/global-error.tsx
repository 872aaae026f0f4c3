'use client'

import './globals.css'

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body className="font-sans">
        <main className="mx-auto grid min-h-dvh max-w-xl place-content-center px-6 text-center">
          <title>Highstreet</title>
          <h1 className="font-semibold text-3xl">The street is closed for a moment</h1>
          <p className="mt-3 text-lg text-soft">
            The portal cannot reach its books. Nothing you did is lost: what was promised before stays promised.
          </p>
          <button
            className="mx-auto mt-6 min-h-14 rounded-2xl bg-shop px-6 font-semibold text-cream text-lg"
            onClick={reset}
            type="button"
          >
            Try again
          </button>
        </main>
      </body>
    </html>
  )
}
