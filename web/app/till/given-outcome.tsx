'use client'

import { useFormats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'
import type { Shopper } from './card.ts'
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
        {given.why ?? 'The street does not answer just now. The points go out by themselves when it does.'} The sale is
        kept safe on this till.
      </Outcome>
    )
  }
  if (given.waitsForOwner !== undefined) {
    return (
      <Outcome kind="kept" next="Next customer" onNext={next} title={`${points} for ${shopper.name}`}>
        {given.waitsForOwner} Receipt {given.sequence.toString()}.
      </Outcome>
    )
  }
  return (
    <Outcome kind="done" next="Next customer" onNext={next} title={`${points} for ${shopper.name}`}>
      for {amount}, receipt {given.sequence.toString()}
    </Outcome>
  )
}
