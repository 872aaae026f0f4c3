'use client'

import { type ReactNode, useEffect } from 'react'

/** One moment, readable at arm's length. */
export function Waiting({ words, children }: { words: string; children?: ReactNode }) {
  useEffect(() => {
    scrollTo({ top: 0 })
  }, [])
  return (
    <div
      className="grid content-center justify-items-center rounded-[2rem] bg-sunk px-6 py-16 sm:min-h-[36rem]"
      role="status"
    >
      <span
        aria-hidden="true"
        className="size-16 motion-safe:animate-spin rounded-full border-4 border-line border-t-shop"
      />
      <p className="mt-6 text-center font-medium text-2xl">{words}</p>
      {children}
    </div>
  )
}
