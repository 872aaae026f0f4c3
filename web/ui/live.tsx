'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

const SOON_MILLISECONDS = 1_500
const LATER_MILLISECONDS = 10_000

/** Keeps a page fresh: soon while something is on its way, seldom otherwise, never while nobody looks. */
export function Live({ pace }: { pace: 'soon' | 'later' }) {
  const router = useRouter()
  useEffect(() => {
    const wait = pace === 'soon' ? SOON_MILLISECONDS : LATER_MILLISECONDS
    const refresh = () => {
      if (document.visibilityState === 'visible') router.refresh()
    }
    const timer = setInterval(refresh, wait)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [pace, router])
  return null
}
