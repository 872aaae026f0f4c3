import type { AbiEvent, AbiParameter, Hex } from 'viem'
import { keccak256 } from './keccak.ts'

/** What stands first among an event's topics: the hash of its name and types (Solidity's ABI specification, Events). */
export function topicOf({ name, inputs }: Pick<AbiEvent, 'name' | 'inputs'>): Hex {
  const signature = `${name}(${inputs.map(typeOf).join(',')})`
  return `0x${Buffer.from(keccak256(Buffer.from(signature))).toString('hex')}`
}

function typeOf(parameter: AbiParameter): string {
  const { type } = parameter
  if (!type.startsWith('tuple')) return type
  const { components } = parameter as { readonly components: readonly AbiParameter[] }
  return `(${components.map(typeOf).join(',')})${type.slice('tuple'.length)}`
}
