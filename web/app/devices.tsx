'use client'

import { LogOut } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'

export interface ShownDevice {
  readonly name: string
  readonly words: string
  /** When it was last used, in words. */
  readonly lastUsed: string
  readonly here: boolean
}

type Which = { readonly which: 'here' | 'everywhere' } | { readonly which: 'other'; readonly device: string }

/** Where somebody is signed in, and the way out of each. */
export function Devices({ devices }: { devices: readonly ShownDevice[] }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const signOut = async (which: Which) => {
    setBusy(true)
    setSentence(null)
    const answer = await post<{ here: boolean }>('/api/session/end', which)
    setBusy(false)
    if (answer.is === 'unreachable') return setSentence(UNREACHABLE_SENTENCE)
    // Who is out already needs no further words.
    if (answer.is === 'given' && !answer.value.here) return router.refresh()
    router.refresh()
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {devices.map((device) => (
          <li className="flex items-center justify-between gap-4 py-3.5" key={device.name}>
            <div className="min-w-0">
              <p className="truncate font-medium">{device.words}</p>
              <p className="text-soft text-sm">{device.here ? 'This device' : `Last used ${device.lastUsed}`}</p>
            </div>
            {device.here ? null : (
              <Button
                aria-label={`Sign out ${device.words}`}
                disabled={busy}
                look="outline"
                onClick={() => signOut({ which: 'other', device: device.name })}
              >
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="mt-2 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      <div className="mt-4 grid gap-3 sm:grid-cols-2">
        <Button disabled={busy} look="outline" onClick={() => signOut({ which: 'here' })} size="large">
          <LogOut aria-hidden="true" className="size-5" /> Sign out here
        </Button>
        <Button disabled={busy} look="outline" onClick={() => signOut({ which: 'everywhere' })} size="large">
          Sign out everywhere
        </Button>
      </div>
    </>
  )
}
