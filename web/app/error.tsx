'use client'

import { Button } from '#web/ui/button.tsx'

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main className="mx-auto grid min-h-[70dvh] max-w-xl place-content-center px-6 text-center" id="main">
      <h1 className="font-semibold text-3xl">The shutters are down for a moment</h1>
      <p className="mt-3 text-lg text-soft">
        This page could not be put together. Nothing you did is lost: what was promised before stays promised.
      </p>
      <Button className="mx-auto mt-6" onClick={reset} size="large">
        Try again
      </Button>
    </main>
  )
}
