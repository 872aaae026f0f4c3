// The offices of the network and their acts, as contracts/libraries/Offices.sol says them; whoever deploys tells them
// to the network's authority.
import { type Address, type Hex, toFunctionSelector } from 'viem'
import { getAbiItem } from 'viem/utils'
import { consortiumAbi, scoreLogAbi } from './generated.ts'

/** Numbers of the roles; 0 is the administrator's. */
export const offices = { administrator: 0n, board: 1n, guardian: 2n } as const

const boardActs = [
  'admit',
  'suspend',
  'reinstate',
  'approveImport',
  'setRequiredRatio',
  'setBreakageShare',
  'permitPause',
] as const
const guardianActs = ['pauseIssuing', 'resumeIssuing'] as const

/** What an office may do at one contract: arguments of the authority's `setTargetFunctionRole`. */
export interface Duty {
  readonly target: Address
  readonly selectors: readonly Hex[]
  readonly office: bigint
}

export function dutiesAt(network: { readonly consortium: Address; readonly scoreLog: Address }): Duty[] {
  const inRegister = (name: (typeof boardActs | typeof guardianActs)[number]): Hex =>
    toFunctionSelector(getAbiItem({ abi: consortiumAbi, name }))
  const appointScorer = toFunctionSelector(getAbiItem({ abi: scoreLogAbi, name: 'appointScorer' }))
  return [
    { target: network.consortium, selectors: boardActs.map(inRegister), office: offices.board },
    { target: network.consortium, selectors: guardianActs.map(inRegister), office: offices.guardian },
    { target: network.scoreLog, selectors: [appointScorer], office: offices.board },
  ]
}
