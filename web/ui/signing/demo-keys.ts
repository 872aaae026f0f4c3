import type { Address, Hex } from 'viem'
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
