'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useConfig, useConnect, useSignMessage } from 'wagmi'
import { Button } from '#web/ui/button.tsx'
import { comeInBySentence } from '#web/ui/signing/sentence-entry.ts'
import { Signing, sentenceOf } from '#web/ui/signing/signing.tsx'

interface Door {
  readonly who: 'member' | 'owner'
  readonly chainId: number
  readonly origin: string
}

/** In through an account that this browser's wallet holds. */
export function AccountDoor(door: Door) {
  return (
    <Signing place={{ member: '0x0000000000000000000000000000000000000000', chainId: door.chainId, by: 'injected' }}>
      <Knock {...door} />
    </Signing>
  )
}

function Knock({ who, origin, chainId }: Door) {
  const router = useRouter()
  const config = useConfig()
  const { mutateAsync: connect } = useConnect()
  const { mutateAsync: sign } = useSignMessage()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const enter = async () => {
    setBusy(true)
    setSentence(null)
    const said = await knock().catch(sentenceOf)
    if (said === null) return router.refresh()
    setBusy(false)
    setSentence(said)
  }
  const knock = async (): Promise<string | null> => {
    const connector = config.connectors[0]
    const held = config.state.current ? config.state.connections.get(config.state.current) : undefined
    const account = connector && (held?.accounts ?? (await connect({ connector })).accounts)[0]
    if (!account) return 'This browser holds no account that could agree.'
    const signed = (message: string) => sign({ account, message })
    const came = await comeInBySentence({ account, origin, chainId, role: who, sign: signed })
    return came.is === 'in' ? null : came.sentence
  }
  return (
    <div className="mt-3 grid gap-2">
      <Button disabled={busy} look={who === 'member' ? 'quiet' : 'outline'} onClick={enter} size="large">
        Open with my wallet
      </Button>
      <p className="text-bad empty:hidden" role="alert">
        {sentence}
      </p>
      {who === 'owner' ? (
        <p className="text-soft">Your wallet asks you to sign one sentence. It moves nothing.</p>
      ) : null}
    </div>
  )
}
