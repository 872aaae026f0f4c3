import type { Block } from './node.ts'

const tip = 1_000_000_000n

/** What is offered for gas after this block: room for the base fee to double, and a tip where gas costs anything. */
export function priceAt({ baseFee }: Block): { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } {
  if (baseFee === 0n) return { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  return { maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip }
}
