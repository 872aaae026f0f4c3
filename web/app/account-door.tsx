'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useConfig, useConnect, useSignMessage } from 'wagmi'
import { Button } from '#web/ui/button.tsx'
import { ENTRY_SECONDS, entrySentence, writeProof } from '#web/ui/signing/entry-proof.ts'
import { Signing, sentenceOf } from '#web/ui/signing/signing.tsx'

interface Door {
  readonly who: 'member' | 'owner'
  readonly chainId: number
  readonly origin: string
  readonly shops: readonly { readonly shop: number; readonly name: string }[]
}

/** In through an account that this browser holds. */
export function AccountDoor(door: Door) {
  return (
    <Signing place={{ member: '0x0000000000000000000000000000000000000000', chainId: door.chainId, by: 'injected' }}>
      <Knock {...door} />
    </Signing>
  )
}

function Knock({ who, origin, shops }: Door) {
  const router = useRouter()
  const config = useConfig()
  const { mutateAsync: connect } = useConnect()
  const { mutateAsync: sign } = useSignMessage()
  const [shop, setShop] = useState(shops[0]?.shop ?? 0)
  const [sentence, setSentence] = useState<string | null>(null)
  const enter = async () => {
    setSentence(null)
    try {
      const connector = config.connectors[0]
      if (!connector) return
      const held = config.state.current ? config.state.connections.get(config.state.current) : undefined
      const account = (held?.accounts ?? (await connect({ connector })).accounts)[0]
      if (!account) return
      const until = Math.floor(Date.now() / 1000) + ENTRY_SECONDS
      const signature = await sign({ account, message: entrySentence(origin, until) })
      keepCookie('proof', writeProof({ account, until, signature }))
      keepCookie('person', who === 'member' ? `member:${account.toLowerCase()}` : `owner:${shop}`)
      router.refresh()
    } catch (problem) {
      setSentence(sentenceOf(problem))
    }
  }
  return (
    <div className="mt-6 grid gap-4">
      {who === 'owner' ? (
        <label className="grid gap-1.5 font-medium">
          Shop
          <select
            className="min-h-14 rounded-2xl border border-line-strong bg-card px-4 text-lg"
            onChange={(event) => setShop(Number(event.target.value))}
            value={shop}
          >
            {shops.map((one) => (
              <option key={one.shop} value={one.shop}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <Button onClick={enter} size="large">
        Open with my account
      </Button>
      <p className="text-bad" role="alert">
        {sentence}
      </p>
      <p className="text-soft">
        Your browser asks you to sign one sentence. It moves nothing and lasts until tonight or tomorrow morning.
      </p>
    </div>
  )
}

function keepCookie(name: string, value: string): void {
  const secure = location.protocol === 'https:' ? '; secure' : ''
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser a shopper brings.
  document.cookie = `${name}=${value}; path=/; max-age=${ENTRY_SECONDS}; samesite=strict${secure}`
}
