'use client'

import { LogOut } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { post } from '#web/ui/ask.ts'

/** Signs out on this device, from wherever one is. */
export function Leave() {
  const router = useRouter()
  const leave = async () => {
    await post('/api/session/end', { which: 'here' })
    router.push('/')
    router.refresh()
  }
  return (
    <button
      className="flex min-h-11 items-center gap-2 rounded-xl bg-fascia-deep px-3.5 font-semibold text-cream"
      onClick={leave}
      type="button"
    >
      <LogOut aria-hidden="true" className="size-4" /> Sign out
    </button>
  )
}
