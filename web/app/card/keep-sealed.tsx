'use client'

import { useEffect, useState } from 'react'
import { sealedKey } from './sealed-key.ts'

/** Keeps the opened card while somebody comes in or joins, and says that it waits. */
export function KeepSealed() {
  const [kept, setKept] = useState(false)
  useEffect(() => setKept(sealedKey() !== null), [])
  if (!kept) return null
  return (
    <p className="mx-auto mb-8 max-w-xl rounded-2xl bg-shop-soft px-5 py-4 text-lg" role="status">
      Your card is open and waits in this window. Come in, and its points are yours.
    </p>
  )
}
