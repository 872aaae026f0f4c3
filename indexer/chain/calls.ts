import type { Hex } from 'viem'
import type { Call } from './node.ts'

const toHex = (number: number): Hex => `0x${number.toString(16)}`

export const headerCall = (number: number | 'latest'): Call => ({
  method: 'eth_getBlockByNumber',
  params: [number === 'latest' ? number : toHex(number), false],
})

export const receiptsMethod = 'eth_getBlockReceipts'

export const receiptsCall = (number: number): Call => ({ method: receiptsMethod, params: [toHex(number)] })

/** Logs of these addresses in a range of blocks, or in the one block of a hash. */
export function logsCall(
  where: { readonly from: number; readonly to: number } | { readonly blockHash: Hex },
  address: readonly Hex[],
): Call {
  const place = 'blockHash' in where ? where : { fromBlock: toHex(where.from), toBlock: toHex(where.to) }
  return { method: 'eth_getLogs', params: [{ ...place, address }] }
}

/** The numbers `from`..`to`. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}
