'use client'

import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'

/** Done or not done: one big mark, one sentence, one way on. Readable at arm's length, and read aloud. */
export function Outcome({
  kind,
  title,
  children,
  next,
  onNext,
}: {
  kind: 'done' | 'kept' | 'refused'
  title: string
  children?: ReactNode
  next: string
  onNext: () => void
}) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    scrollTo({ top: 0 })
    button.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div
      className={classes(
        'grid animate-rise content-center justify-items-center rounded-[2rem] px-6 py-12 text-center sm:min-h-[36rem]',
        kind === 'done' && 'bg-good-soft text-good',
        kind === 'kept' && 'bg-wait-soft text-wait',
        kind === 'refused' && 'bg-bad-soft text-bad',
      )}
    >
      <Mark kind={kind} />
      <div aria-live="assertive" role={kind === 'refused' ? 'alert' : 'status'}>
        <p className="mt-6 font-semibold text-3xl text-ink tracking-tight sm:text-4xl">{title}</p>
        {children ? <div className="mx-auto mt-3 max-w-md text-ink text-xl">{children}</div> : null}
      </div>
      <Button className="mt-8 w-full max-w-sm" look="ink" onClick={onNext} ref={button} size="huge">
        {next}
      </Button>
    </div>
  )
}

function Mark({ kind }: { kind: 'done' | 'kept' | 'refused' }) {
  const paths = {
    done: 'M15 25.5l6.5 6.500L34 18.5',
    kept: 'M24 13v12l7 5',
    refused: 'M16.5 16.500l15 15M31.5 16.500l-15 15',
  }
  return (
    <svg aria-hidden="true" className="size-28 animate-stamp sm:size-32" viewBox="0 0 48 48">
      <circle cx="24" cy="24" fill="currentColor" r="23" />
      <path
        className="animate-draw"
        d={paths[kind]}
        fill="none"
        stroke="var(--card)"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth="4.2"
      />
    </svg>
  )
}
