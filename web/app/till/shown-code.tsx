'use client'

import { Clock3 } from 'lucide-react'
import Image from 'next/image'
import { spacedCode } from '#web/ui/spaced-code.ts'

/** A code on the till, for a camera and for fingers. */
export function ShownCode({
  code,
  picture,
  typeIt,
  waitsFor,
}: {
  code: string
  /** Where its picture comes from, which is the portal's own, made for this code. */
  picture: string
  typeIt: string
  waitsFor: string
}) {
  return (
    <div className="grid justify-items-center text-center">
      <Image
        alt="The same code for the shopper’s camera"
        className="size-56 rounded-2xl"
        height={224}
        src={picture}
        loading="eager"
        unoptimized
        width={224}
      />
      <p className="mt-4 text-lg text-soft">{typeIt}</p>
      <p className="mt-1 font-mono font-semibold text-5xl tracking-[0.14em]" data-testid="payment-code">
        {spacedCode(code)}
      </p>
      <p className="mt-4 flex animate-breathe items-center gap-2 text-lg text-soft" role="status">
        <Clock3 aria-hidden="true" className="size-5" /> {waitsFor}
      </p>
    </div>
  )
}
