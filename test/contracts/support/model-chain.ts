// The real network beside the model: signs what people would sign, sends it at the model's second, says how it ended.
import { type Abi, type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { issuanceAbi, redemptionsAbi } from '#contracts/generated.ts'
import { issuanceDomain, redemptionsDomain, refundTypes, reversalTypes } from '#contracts/terms.ts'
import { chainId, keyOf, openStreet, type Street } from './street.ts'

export type Ended = { error: string; reasons: Map<bigint, number>; lanes: Map<bigint, readonly bigint[]> }
type SentLogs = Parameters<typeof parseEventLogs>[0]['logs']

export class ModelChain {
  readonly street: Street
  /** Keys of each shop's tills, in their order. */
  readonly tillKeys: PrivateKeyAccount[][]
  private newest = 0

  private constructor(street: Street) {
    this.street = street
    this.tillKeys = street.shops.map((shop) => [shop.till])
  }

  static async open(shops: number, members: readonly Address[]): Promise<ModelChain> {
    const street = await openStreet(shops)
    for (const member of members) await street.become(member)
    return new ModelChain(street)
  }

  tillKey(shop: number, till: number): PrivateKeyAccount {
    return this.tillKeys[shop - 1]?.[till - 1] ?? keyOf(9_999)
  }

  token(shop: number): Address {
    const found = this.street.shops[shop - 1]
    if (found === undefined) throw new Error(`no shop ${shop}`)
    return found.token
  }

  owner(shop: number): PrivateKeyAccount {
    const found = this.street.shops[shop - 1]
    if (found === undefined) throw new Error(`no shop ${shop}`)
    return found.owner
  }

  /** Lets the chain's newest block be of this second. */
  async reach(time: number): Promise<void> {
    if (this.newest < time) await this.street.request('evm_mine', [time])
    this.newest = time
  }

  /** Sends at `time`; the reasons of what was left out or refused come by receipt number. */
  async send(
    time: number,
    from: Address,
    to: Address,
    abi: Abi,
    name: string,
    args: readonly unknown[],
  ): Promise<Ended> {
    await this.street.request('evm_setNextBlockTimestamp', [time])
    this.newest = time
    const data = encodeFunctionData({ abi, functionName: name, args })
    const nothing: Ended = { error: '', reasons: new Map(), lanes: new Map() }
    let hash: Hex
    try {
      hash = await this.street.request<Hex>('eth_sendTransaction', [{ from, to, data, gas: '0xffffff' }])
    } catch (failure) {
      return { ...nothing, error: /custom error '(\w+)/.exec(String(failure))?.[1] ?? String(failure) }
    }
    const { logs } = await this.street.request<{ logs: SentLogs }>('eth_getTransactionReceipt', [hash])
    for (const log of parseEventLogs({ abi: [...issuanceAbi, ...redemptionsAbi], logs })) {
      if (log.eventName === 'ReceiptLeftOut') nothing.reasons.set(log.args.sequence, log.args.reason)
      if (log.eventName === 'RedemptionRefused') nothing.reasons.set(log.args.sequence, log.args.reason)
      if (log.eventName === 'Redeemed') nothing.lanes.set(log.args.sequence, log.args.lanes)
    }
    return nothing
  }

  // ---------------------------------------------------------------- signing

  async reversalSignature(
    signer: PrivateKeyAccount,
    message: {
      shop: number
      till: number
      purchase: bigint
      before: number
      points: number
      taken: number
      debt: number
      deadline: number
    },
  ): Promise<Hex> {
    const domain = issuanceDomain(chainId, this.street.contracts.issuance)
    return signer.signTypedData({ domain, types: reversalTypes, primaryType: 'Reversal', message })
  }

  async refundSignature(
    signer: PrivateKeyAccount,
    message: { shop: number; till: number; payment: bigint; before: number[]; points: number[]; deadline: number },
  ): Promise<Hex> {
    const domain = redemptionsDomain(chainId, this.street.contracts.redemptions)
    return signer.signTypedData({ domain, types: refundTypes, primaryType: 'Refund', message })
  }
}
