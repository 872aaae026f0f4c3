'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import { waitWithNewPasskey } from '#web/ui/signing/passkey-entry.ts'

/** The new device's touch. */
export function MakePasskey({ rpId, again }: { rpId: string; again: boolean }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const make = async () => {
    setBusy(true)
    setSentence(null)
    const made = await waitWithNewPasskey(rpId, [])
    setBusy(false)
    if (made.is === 'in') return router.refresh()
    setSentence(made.sentence)
  }
  return (
    <>
      <p className="mt-5 text-bad text-lg empty:hidden" role="alert">
        {sentence}
      </p>
      <Button className="mt-5 w-full" disabled={busy} onClick={make} size="huge">
        <Fingerprint aria-hidden="true" className="size-6" />
        {busy ? 'One moment' : again ? 'Make another passkey' : 'Make a passkey here'}
      </Button>
    </>
  )
}
