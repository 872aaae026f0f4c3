import { type Address, createClient, custom, getAddress, type LocalAccount, numberToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createConnector } from 'wagmi'
import { demoKeys } from './demo-keys.ts'

// Nothing in the browser talks to a chain: consents are signed here and carried by the portal.
const noChainHere = custom({
  request: async ({ method }) => {
    throw new Error(`the portal's pages ask no chain (${method})`)
  },
})

/** A demo shopper's key as a wagmi connector, so that screens sign the same way for demo people and for wallets. */
export function demoConnector(member: Address) {
  let account: LocalAccount | null = null
  return createConnector<null>((config) => {
    const chain = config.chains[0]
    const signedIn = async (): Promise<LocalAccount> => {
      if (account) return account
      const person = (await demoKeys())?.members.find(({ address }) => address.toLowerCase() === member.toLowerCase())
      if (!person) throw new Error('This shopper is not one of the demo people.')
      account = privateKeyToAccount(person.privateKey)
      return account
    }
    const connector: ReturnType<Parameters<typeof createConnector<null>>[0]> = {
      id: 'demo',
      name: 'Demo shopper',
      type: 'demo',
      async connect(parameters) {
        const { address } = await signedIn()
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
        return createClient({ account: await signedIn(), chain, transport: noChainHere })
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

export { noChainHere }
