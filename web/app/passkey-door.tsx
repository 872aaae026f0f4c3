'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { comeInByPasskey } from '#web/ui/signing/passkey-entry.ts'

/** In with a touch; a shopper also to where one joins, or gets a new device. */
export function PasskeyDoor({
  rpId,
  who,
  goTo,
  joins = true,
}: {
  rpId: string
  who: 'member' | 'owner'
  /** Where to go once inside; where not given, the page shows itself. */
  goTo?: string
  joins?: boolean
}) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const enter = async () => {
    setBusy(true)
    setSentence(null)
    const came = await comeInByPasskey(rpId, who)
    if (came.is === 'in') {
      if (goTo !== undefined) router.replace(goTo)
      return router.refresh()
    }
    setBusy(false)
    setSentence(came.sentence)
  }
  return (
    <div className="mt-6 grid gap-3">
      <p className="text-bad text-lg empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={busy} onClick={enter} size="huge">
        <Fingerprint aria-hidden="true" className="size-6" />
        {busy ? 'One moment' : 'Open with your passkey'}
      </Button>
      {who === 'member' && joins ? (
        <>
          <ButtonLink href="/join" look="outline" size="large">
            New here? Join
          </ButtonLink>
          <ButtonLink href="/new-device" look="quiet" size="large">
            I lost my phone, or this is a new one
          </ButtonLink>
        </>
      ) : null}
    </div>
  )
}
