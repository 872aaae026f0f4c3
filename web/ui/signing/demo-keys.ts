import type { Address, Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { askFor } from '../ask.ts'

/** The demo people with their keys, as the demo street hands them to its own browsers. Nothing of worth needs them. */
export interface DemoKeys {
  readonly members: readonly { readonly name: string; readonly address: Address; readonly privateKey: Hex }[]
  readonly tills: readonly {
    readonly shop: number
    readonly till: number
    readonly cashier: string
    readonly privateKey: Hex
  }[]
  /** Keys of past sales, by their shop and number. */
  readonly imports: readonly { readonly shop: number; readonly till: number; readonly privateKey: Hex }[]
  readonly owners: readonly { readonly shop: number; readonly address: Address; readonly privateKey: Hex }[]
}

let known: Promise<DemoKeys | null> | null = null

/** Asked once per page; a failed question is asked again next time. */
export function demoKeys(): Promise<DemoKeys | null> {
  known ??= askFor<DemoKeys>('/api/demo/people').then((answer) => {
    if (answer.is === 'given') return answer.value
    known = null
    return null
  })
  return known
}

/** The key of a demo shopper, or of a demo owner who helps one of their shoppers. */
export async function demoAccount(address: Address): Promise<LocalAccount> {
  const keys = await demoKeys()
  const people = [...(keys?.members ?? []), ...(keys?.owners ?? [])]
  const person = people.find((one) => one.address.toLowerCase() === address.toLowerCase())
  if (!person) throw new Error('This is nobody of the demo people.')
  return privateKeyToAccount(person.privateKey)
}
