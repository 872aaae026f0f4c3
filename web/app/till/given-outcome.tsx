'use client'

import { useEffect } from 'react'
import { useFormats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'
import type { Shopper } from './ask-member.tsx'
import type { Given } from './give.ts'
import { Outcome } from './outcome.tsx'

/** What has become of a sale. */
export function GivenOutcome({
  given,
  shopper,
  amount,
  next,
}: {
  given: Given
  shopper: Shopper
  amount: string
  next: () => void
}) {
  const { money } = useFormats()
  useEffect(() => {
    scrollTo({ top: 0 })
  }, [])
  if (given.is === 'refused') {
    return (
      <Outcome kind="refused" next="Back to the till" onNext={next} title="No points were given">
        {given.sentence}
      </Outcome>
    )
  }
  const points = formatPoints(given.points, money)
  if (given.is === 'kept') {
    return (
      <Outcome kind="kept" next="Next customer" onNext={next} title={`${points} for ${shopper.name}`}>
        The street does not answer just now. The points are kept safe on this till and go out by themselves.
      </Outcome>
    )
  }
  return (
    <Outcome kind="done" next="Next customer" onNext={next} title={`${points} for ${shopper.name}`}>
      for {amount}, receipt {given.sequence.toString()}
    </Outcome>
  )
}
