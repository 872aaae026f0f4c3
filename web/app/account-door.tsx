'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { getAddress } from 'viem'
import { createSiweMessage } from 'viem/siwe'
import { useConfig, useConnect, useSignMessage } from 'wagmi'
import { post, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { Signing, sentenceOf } from '#web/ui/signing/signing.tsx'

interface Door {
  readonly who: 'member' | 'owner'
  readonly chainId: number
  readonly origin: string
  readonly shops: readonly { readonly shop: number; readonly name: string }[]
}

const SENTENCE_SECONDS = 300

/** In through an account that this browser's wallet holds. */
export function AccountDoor(door: Door) {
  return (
    <Signing place={{ member: '0x0000000000000000000000000000000000000000', chainId: door.chainId, by: 'injected' }}>
      <Knock {...door} />
    </Signing>
  )
}

function Knock({ who, origin, chainId, shops }: Door) {
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
      const asked = await post<{ challenge: string }>('/api/session/challenge', { purpose: 'wallet' })
      if (asked.is !== 'given') return setSentence(asked.is === 'refused' ? asked.sentence : UNREACHABLE_SENTENCE)
      const issuedAt = new Date()
      const message = createSiweMessage({
        domain: new URL(origin).host,
        address: getAddress(account),
        statement: 'Open my place on Highstreet. This moves nothing.',
        uri: origin,
        version: '1',
        chainId,
        nonce: asked.value.challenge,
        issuedAt,
        expirationTime: new Date(issuedAt.getTime() + SENTENCE_SECONDS * 1000),
      })
      const signature = await sign({ account, message })
      const as = who === 'member' ? { role: 'member' } : { role: 'owner', shop }
      const answer = await post('/api/session/wallet', { message, signature, as })
      if (answer.is === 'given') return router.refresh()
      setSentence(answer.is === 'refused' ? answer.sentence : UNREACHABLE_SENTENCE)
    } catch (problem) {
      setSentence(sentenceOf(problem))
    }
  }
  return (
    <div className={classes('grid', who === 'member' ? 'mt-3 gap-2' : 'mt-6 gap-4')}>
      {who === 'owner' ? <ChooseShop onChosen={setShop} shop={shop} shops={shops} /> : null}
      <Button look={who === 'member' ? 'quiet' : 'solid'} onClick={enter} size="large">
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

function ChooseShop({
  shop,
  shops,
  onChosen,
}: {
  shop: number
  shops: Door['shops']
  onChosen: (shop: number) => void
}) {
  return (
    <label className="grid gap-1.5 font-medium">
      Shop
      <select
        className="min-h-14 rounded-2xl border border-line-strong bg-card px-4 text-lg"
        onChange={(event) => onChosen(Number(event.target.value))}
        value={shop}
      >
        {shops.map((one) => (
          <option key={one.shop} value={one.shop}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  )
}
