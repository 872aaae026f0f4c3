'use client'

import { useEffect } from 'react'
import { post } from '#web/ui/ask.ts'

/** Tells the portal that the member has had these before their eyes. */
export function Seen({ upTo }: { upTo: string }) {
  useEffect(() => {
    void post('/api/member/notices', { upTo })
  }, [upTo])
  return null
}
