import 'server-only'
import { memberAccountsAbi } from '#contracts/generated.ts'
import { network } from '#web/queries/network.ts'
import { chain } from './chain.ts'
import { keySigned } from './key-signature.ts'
import { isOutage } from './outage.ts'
import type { Hex } from './wire.ts'

const erc1271 = [
  {
    type: 'function',
    name: 'isValidSignature',
    stateMutability: 'view',
    inputs: [{ type: 'bytes32' }, { type: 'bytes' }],
    outputs: [{ type: 'bytes4' }],
  },
] as const

/**
 * Whether a member agreed, as on the chain: by their key; by their account's own answer (ERC-1271); or, while nothing
 * stands at their address, by the passkey that the address was made from.
 */
export async function memberAgreed(member: Hex, digest: Hex, signature: Hex): Promise<boolean> {
  if (keySigned(member, digest, signature)) return true
  // Both in one journey to the node: nearly every passkey's account has no code.
  const [code, agreed] = await Promise.all([
    chain().getCode({ address: member }),
    passkeyAgreed(member, digest, signature),
  ])
  if (code === undefined || code === '0x') return agreed
  const answer = await chain()
    .readContract({
      address: member,
      abi: erc1271,
      functionName: 'isValidSignature',
      args: [digest, signature],
    })
    .catch(refusedByAccount)
  return answer === '0x1626ba7e'
}

async function passkeyAgreed(member: Hex, digest: Hex, signature: Hex): Promise<boolean> {
  const answer = await chain()
    .readContract({
      address: network().contracts.accounts,
      abi: memberAccountsAbi,
      functionName: 'agrees',
      args: [member, digest, signature],
    })
    .catch(refusedByAccount)
  return answer === true
}

/** An account that reverts has said no; a node that is away has said nothing. */
function refusedByAccount(error: unknown): null {
  if (error instanceof Error && error.name === 'ContractFunctionExecutionError' && !isOutage(error)) return null
  throw error
}
