import { createClient, custom, getAddress, type LocalAccount, numberToHex } from 'viem'
import { createConnector } from 'wagmi'

// Nothing in the browser talks to a chain: consents are signed here and carried by the portal.
export const noChainHere = custom({
  request: async ({ method }) => {
    throw new Error(`the portal's pages ask no chain (${method})`)
  },
})

/**
 * A key that this page can ask itself, a demo shopper's or a passkey, as a wagmi connector: so screens sign the same
 * way for everybody. `hold` is asked once, when somebody first agrees to something.
 */
export function heldKeyConnector(kind: 'demo' | 'passkey', hold: () => Promise<LocalAccount>) {
  let account: LocalAccount | null = null
  return createConnector<null>((config) => {
    const chain = config.chains[0]
    const held = async (): Promise<LocalAccount> => {
      account ??= await hold()
      return account
    }
    const connector: ReturnType<Parameters<typeof createConnector<null>>[0]> = {
      id: kind,
      name: kind === 'demo' ? 'Demo shopper' : 'Passkey',
      type: kind,
      async connect(parameters) {
        const { address } = await held()
        const accounts = parameters?.withCapabilities ? [{ address, capabilities: {} }] : [address]
        return { accounts: accounts as never, chainId: chain.id }
      },
      async disconnect() {
        account = null
      },
      async getAccounts() {
        return account ? [account.address] : []
      },
      async getChainId() {
        return chain.id
      },
      async getProvider() {
        return null
      },
      async getClient() {
        return createClient({ account: await held(), chain, transport: noChainHere })
      },
      async isAuthorized() {
        return account !== null
      },
      onAccountsChanged(accounts) {
        config.emitter.emit('change', { accounts: accounts.map((address) => getAddress(address)) })
      },
      onChainChanged(chainId) {
        config.emitter.emit('change', { chainId: Number(numberToHex(BigInt(chainId))) })
      },
      onDisconnect() {
        config.emitter.emit('disconnect')
      },
    }
    return connector
  })
}
