'use client'

import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button, ButtonLink } from '#web/ui/button.tsx'
import { Card } from '#web/ui/parts.tsx'
import { joinByPasskey } from '#web/ui/signing/passkey-entry.ts'
import { type KnownShop, TrustedShop } from './trusted-shop.tsx'

/** Whom a newcomer trusts, and the touch. At a counter the shop they stand in is set: one tap less. */
export function JoinForm({
  invitation,
  rpId,
  shops,
}: {
  invitation: { readonly code: string; readonly shop: number } | null
  rpId: string
  shops: readonly KnownShop[]
}) {
  const router = useRouter()
  const [trusted, setTrusted] = useState<number | null>(invitation?.shop ?? null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<{ readonly code: string; readonly sentence: string } | null>(null)
  const join = async () => {
    setBusy(true)
    setProblem(null)
    const came = await joinByPasskey(rpId, { trustedShop: trusted, invitation: invitation?.code ?? null })
    if (came.is === 'in') {
      router.replace('/member')
      // What was fetched ahead was meant for somebody who is not inside.
      return router.refresh()
    }
    setBusy(false)
    setProblem(came)
  }
  return (
    <>
      <Card className="px-5 py-4">
        <TrustedShop
          onChosen={setTrusted}
          shops={shops}
          standingIn={shops.find(({ shop }) => shop === invitation?.shop) ?? null}
          trusted={shops.find(({ shop }) => shop === trusted) ?? null}
        />
      </Card>
      <p className="mt-5 text-bad text-lg empty:hidden" role="alert">
        {problem?.sentence}
      </p>
      <Button className="mt-5 w-full" disabled={busy} onClick={join} size="huge">
        <Fingerprint aria-hidden="true" className="size-6" />
        {busy ? 'One moment' : 'Join'}
      </Button>
      <p className="mt-3 text-center text-soft">Your phone asks for your finger, your face or its code.</p>
      <ButtonLink className="mt-3 w-full" href="/member" look="quiet" size="large">
        I have joined before
      </ButtonLink>
      <ButtonLink className="w-full" href="/new-device" look="quiet" size="large">
        I lost my phone
      </ButtonLink>
    </>
  )
}
