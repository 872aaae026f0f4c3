import type { Page } from 'playwright-core'
import type { PrivateKeyAccount } from 'viem'

/** A wallet in the browser, as extensions put one there; it says yes to everything its owner is asked. */
export async function walletIn(page: Page, account: PrivateKeyAccount, chainId: number): Promise<void> {
  const answer = async (method: string, params: readonly string[]): Promise<unknown> => {
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [account.address]
    if (method === 'eth_chainId') return `0x${chainId.toString(16)}`
    if (method === 'personal_sign') return await account.signMessage({ message: { raw: params[0] as `0x${string}` } })
    if (method === 'eth_signTypedData_v4') return await account.signTypedData(JSON.parse(params[1] ?? '{}'))
    throw new Error(`the wallet was asked ${method}`)
  }
  await page.exposeFunction('askWallet', answer)
  await page.addInitScript(() => {
    const asks = (globalThis as unknown as { askWallet: (method: string, params: unknown) => Promise<unknown> })
      .askWallet
    const request = async ({ method, params }: { method: string; params?: unknown }) => await asks(method, params ?? [])
    Object.assign(globalThis, { ethereum: { request, on: () => undefined, removeListener: () => undefined } })
  })
}
