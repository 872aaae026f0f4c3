import { type Address, type Hex, zeroAddress } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import {
  type AccountOrder,
  accountOrderCall,
  accountOrderDigest,
  completeRecoveryCall,
  type RecoveryStart,
  typedAccountOrder,
} from '#contracts/account-orders.ts'
import { type AccountArguments, memberAddress, packAssertion, rpIdHashOf } from '#contracts/passkey.ts'
import { deployCall } from '#contracts/user-operation.ts'
import { type Passkey, passkeyOf } from '#test/contracts/support/passkey.ts'
import type { TestTransaction } from './chain.ts'
import { deployer } from './founding.ts'
import type { TestNetwork } from './network.ts'

const days = 86_400

/** A member's passkey account, as its member and its guardian have it changed, on a test network. */
export class AccountHand {
  readonly phone: Passkey
  readonly arguments: AccountArguments
  readonly address: Address
  private readonly network: TestNetwork
  private readonly accounts: Address

  /** `number` names the first passkey; another factory than the network's may be given. */
  constructor(network: TestNetwork, number: number, more: { guardian?: Address; accounts?: Address } = {}) {
    const guardian = more.guardian ?? zeroAddress
    this.network = network
    this.accounts = more.accounts ?? network.contracts.accounts
    this.phone = passkeyOf(number)
    const { x, y } = this.phone
    this.arguments = { x, y, guardian, delay: guardian === zeroAddress ? 0 : 3 * days }
    this.address = memberAddress(this.accounts, this.arguments)
  }

  deploys(): TestTransaction {
    return byAnybody(deployCall(this.accounts, this.arguments))
  }

  /** A digest as a device of the account signs it. */
  signed(digest: Hex, device: Passkey = this.phone): Hex {
    const account = { ...this.arguments, x: device.x, y: device.y }
    const assertion = device.assert(digest)
    const packed = packAssertion({ account, rpIdHash: rpIdHashOf('localhost'), digest, assertion })
    if ('refused' in packed) throw new Error(packed.refused)
    return packed.signature
  }

  orders(said: AccountOrder, device?: Passkey): TestTransaction {
    const digest = accountOrderDigest(this.network.chainId, this.address, said)
    return byAnybody(accountOrderCall(this.address, said, this.signed(digest, device)))
  }

  async recovers(said: RecoveryStart, guardian: PrivateKeyAccount): Promise<TestTransaction> {
    const typed = typedAccountOrder(this.network.chainId, this.address, said)
    const signature = await guardian.signTypedData(typed as Parameters<PrivateKeyAccount['signTypedData']>[0])
    return byAnybody(accountOrderCall(this.address, said, signature))
  }

  completes(): TestTransaction {
    return byAnybody(completeRecoveryCall(this.address))
  }
}

const byAnybody = (call: { to: Hex; data: Hex }): TestTransaction => ({ from: deployer, ...call })
