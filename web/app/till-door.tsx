'use client'

import { Store } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { LocalAccount } from 'viem'
import { Button } from '#web/ui/button.tsx'
import { Card } from '#web/ui/parts.tsx'
import { deviceAccount, madeDeviceAccount } from '#web/ui/signing/device-key.ts'
import { comeInBySentence } from '#web/ui/signing/sentence-entry.ts'

/** The device at a counter, with a key of its own that the owner has added to the shop. */
export function TillDoor({ origin, chainId }: { origin: string; chainId: number }) {
  const router = useRouter()
  const [account, setAccount] = useState<LocalAccount | null>(null)
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  // What a device keeps is not known where the page is written.
  useEffect(() => setAccount(deviceAccount()), [])
  const make = () => {
    try {
      setAccount(madeDeviceAccount())
    } catch {
      setSentence('This browser keeps nothing, so it cannot be a till. Allow it to keep data, and try again.')
    }
  }
  const open = async () => {
    if (!account) return
    setBusy(true)
    setSentence(null)
    const sign = (message: string) => account.signMessage({ message })
    const came = await comeInBySentence({ account: account.address, origin, chainId, role: 'till', sign })
    if (came.is === 'in') return router.refresh()
    setBusy(false)
    setSentence(came.sentence)
  }
  return (
    <div className="mt-6 grid gap-4">
      {account ? (
        <Card className="px-5 py-4">
          <p className="text-soft">The number of this device</p>
          <p className="break-all font-mono text-lg">{account.address}</p>
          <p className="mt-2 text-soft">The owner adds it to the shop once. Its key stays on this device.</p>
        </Card>
      ) : null}
      <p className="text-bad text-lg empty:hidden" role="alert">
        {sentence}
      </p>
      <Button disabled={busy} onClick={account ? open : make} size="huge">
        <Store aria-hidden="true" className="size-6" />
        {account ? (busy ? 'One moment' : 'Open the till') : 'Make this device a till'}
      </Button>
    </div>
  )
}
