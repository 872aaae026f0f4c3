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

/** A demo shopper's key. */
export async function demoAccount(member: Address): Promise<LocalAccount> {
  const person = (await demoKeys())?.members.find(({ address }) => address.toLowerCase() === member.toLowerCase())
  if (!person) throw new Error('This shopper is not one of the demo people.')
  return privateKeyToAccount(person.privateKey)
}
