'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Address, defineChain, type Hex, type TypedDataDefinition } from 'viem'
import { createConfig, useConfig, useConnect, useSignTypedData, WagmiProvider } from 'wagmi'
import { injected } from 'wagmi/connectors/injected'
import { demoAccount } from './demo-keys.ts'
import { heldKeyConnector, noChainHere } from './held-key-connector.ts'
import { type PasskeyPlace, passkeyAccount } from './passkey-account.ts'

/** Whose consents are given here, and what holds their key. */
export type SigningPlace = { readonly member: Address; readonly chainId: number } & (
  | { readonly by: 'demo' | 'injected' }
  | ({ readonly by: 'passkey' } & PasskeyPlace)
)

function connectorOf(place: SigningPlace) {
  if (place.by === 'passkey') return heldKeyConnector('passkey', async () => passkeyAccount(place))
  return place.by === 'demo' ? heldKeyConnector('demo', () => demoAccount(place.member)) : injected()
}

function signingConfig(place: SigningPlace) {
  const { chainId } = place
  const chain = defineChain({
    id: chainId,
    name: 'Highstreet',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  })
  return createConfig({
    chains: [chain],
    connectors: [connectorOf(place)],
    transports: { [chain.id]: noChainHere },
    multiInjectedProviderDiscovery: false,
    storage: null,
    ssr: false,
  })
}

/** Around every screen where a member agrees to something. */
export function Signing({ place, children }: { place: SigningPlace; children: ReactNode }) {
  const [config] = useState(() => signingConfig(place))
  const [client] = useState(() => new QueryClient())
  return (
    <WagmiProvider config={config} reconnectOnMount={false}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </WagmiProvider>
  )
}

export type Signed =
  | { readonly is: 'signed'; readonly signature: Hex }
  | { readonly is: 'refused'; readonly sentence: string }

/** Signs as `member` with whatever holds their key; a person who says no is answered, not thrown at. */
export function useAgreement(member: Address): {
  readonly chainId: number
  readonly agree: (terms: TypedDataDefinition) => Promise<Signed>
} {
  const config = useConfig()
  const { mutateAsync: connect } = useConnect()
  const { mutateAsync: sign } = useSignTypedData()
  const agree = async (terms: TypedDataDefinition): Promise<Signed> => {
    try {
      const connector = config.connectors[0]
      if (!connector) throw new Error('no connector')
      const held = config.state.current ? config.state.connections.get(config.state.current) : undefined
      const accounts = held?.accounts ?? (await connect({ connector })).accounts
      const account = accounts.find((address) => address.toLowerCase() === member.toLowerCase())
      if (!account) {
        return {
          is: 'refused',
          sentence: 'Another account is open than the one you came in with. Change it and try again.',
        }
      }
      // A wallet is told which of its accounts is meant; what this page holds is one, and its key with it.
      const asked = connector.type === 'injected' ? { ...terms, account } : terms
      return { is: 'signed', signature: await sign(asked as Parameters<typeof sign>[0]) }
    } catch (problem) {
      return { is: 'refused', sentence: sentenceOf(problem) }
    }
  }
  return { chainId: config.chains[0].id, agree }
}

export function sentenceOf(problem: unknown): string {
  const name = problem instanceof Error ? problem.name : ''
  // A passkey's window that is closed and one that nobody answers look alike: browsers keep that to themselves.
  if (/UserRejected|NotAllowed|AbortError/.test(name)) return 'You said no. Nothing was done.'
  if (/PasskeyUnusable/.test(name)) return 'Your device did not check that it is you. Please try again.'
  if (/ProviderNotFound|ConnectorNotFound/.test(name)) return 'This browser holds no account that could agree.'
  if (/ChainMismatch|ChainNotConfigured/.test(name)) return 'Your account is set to another network than this street.'
  return 'Your agreement could not be made. Please try again.'
}
