import type { Address, Hex } from 'viem'
import type { MemberOperation } from '#contracts/user-operation.ts'
import type { Wishes } from './wishes.ts'

/** One call to be made, and the wishes it fulfils. */
export interface Job {
  readonly purpose:
    | 'issue'
    | 'redeem'
    | 'transfer'
    | 'settle'
    | 'reverse'
    | 'refund'
    | 'score'
    | 'account'
    | 'operate'
    | 'revoke'
  readonly to: Address
  readonly data: Hex
  /** Gas that surely suffices, where it can be told from the content; otherwise the node is asked. */
  readonly gas: bigint | null
  readonly wishes: Wishes
  /** How often these wishes came back undone. */
  readonly attempts: number
  /** It may take any amount of gas, or did not come through in company. */
  readonly alone: boolean
  /** Who alone may have it done; undefined where it does not matter who brings it. */
  readonly only?: Address | undefined
  /** A user operation, and the hash by which the entry point knows it. */
  readonly operation?: { readonly operation: MemberOperation; readonly hash: Hex } | undefined
}

/** No transaction may carry more gas (EIP-7825). */
export const transactionGasCap = 16_777_216n

export const capped = (gas: bigint): bigint => (gas < transactionGasCap ? gas : transactionGasCap)
