'use client'

import { useEffect, useState } from 'react'

/** Sets the worker in its place that opens the till without a network; answers whether it stands there. */
export function useWorker(): boolean {
  const [stands, setStands] = useState(false)
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return
    const settle = async () => {
      await navigator.serviceWorker.register('/till/worker.js', { scope: '/till', updateViaCache: 'none' })
      const { active } = await navigator.serviceWorker.ready
      setStands(true)
      // The reader of codes is loaded only when somebody scans: without a network it must be there.
      await import('jsqr')
      const parts = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
      active?.postMessage({ keep: parts })
    }
    settle().catch(() => undefined)
    // What waits here is not to be cleared when the disk fills up.
    navigator.storage?.persist?.().catch(() => undefined)
  }, [])
  return stands
}
