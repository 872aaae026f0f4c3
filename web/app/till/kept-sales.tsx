'use client'

import { CloudOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { keptSales, sendKept } from './give.ts'
import type { TillPlace } from './till-key.ts'

const TRY_AGAIN_MILLISECONDS = 4_000

/** Sales that wait on this till, sent again and again until the street takes them. */
export function KeptSales({ place }: { place: TillPlace }) {
  const [waiting, setWaiting] = useState(0)
  const [refused, setRefused] = useState<readonly string[]>([])
  useEffect(() => {
    let over = false
    const round = async () => {
      if (keptSales(place).length > 0) {
        const sent = await sendKept(place)
        const sentences = sent.flatMap((given) => (given.is === 'refused' ? [given.sentence] : []))
        if (!over && sentences.length > 0) setRefused((before) => [...before, ...sentences])
      }
      if (!over) setWaiting(keptSales(place).length)
    }
    round()
    const timer = setInterval(round, TRY_AGAIN_MILLISECONDS)
    return () => {
      over = true
      clearInterval(timer)
    }
  }, [place])
  if (waiting === 0 && refused.length === 0) return null
  return (
    <div className="mt-4 rounded-2xl bg-wait-soft px-4 py-3 text-wait" role="status">
      {waiting > 0 ? (
        <p className="flex items-center gap-2.5 text-lg">
          <CloudOff aria-hidden="true" className="size-6 shrink-0" />
          {waiting === 1 ? 'One sale waits' : `${waiting} sales wait`} here until the street answers.
        </p>
      ) : null}
      {refused.map((sentence) => (
        <p className="mt-1 text-bad text-lg" key={sentence}>
          A kept sale was refused: {sentence}
        </p>
      ))}
    </div>
  )
}
