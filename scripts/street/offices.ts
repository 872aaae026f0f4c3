import { type Address, encodeFunctionData, type Hex, parseEventLogs, type RpcLog } from 'viem'
import { authorityAbi, boardAbi, consortiumAbi } from '#contracts/generated.ts'
import { dutiesAt, offices } from '#contracts/offices.ts'
import { Complaint } from './complaint.ts'
import { contractView } from './contract-view.ts'
import type { Rpc } from './rpc.ts'
import type { Signed, Signer } from './signing.ts'

interface Governed {
  readonly consortium: Address
  readonly scoreLog: Address
  readonly membership: Address
  readonly authority: Address
  readonly board: Address
  readonly founders: Address
}

/** Who holds which office once a network stands: the board administers, and the founders may act beside it. */
const holders = (contracts: Governed, guardian: Address): readonly (readonly [bigint, Address])[] => [
  [offices.administrator, contracts.board],
  [offices.board, contracts.board],
  [offices.board, contracts.founders],
  [offices.guardian, guardian],
]

/** Tells the authority who may do what, and gives up the deployer's own office last. */
export async function officesAssigned(signer: Signer, contracts: Governed, guardian: Address): Promise<Signed[]> {
  const act = (data: Hex, purpose: string) => signer.sign({ to: contracts.authority, data, gas: 500_000n, purpose })
  const abi = authorityAbi
  const signed: Signed[] = []
  for (const { target, selectors, office } of dutiesAt(contracts)) {
    const data = encodeFunctionData({ abi, functionName: 'setTargetFunctionRole', args: [target, selectors, office] })
    signed.push(await act(data, `name the acts of office ${office}`))
  }
  for (const [office, label] of [
    [offices.board, 'BOARD'],
    [offices.guardian, 'GUARDIAN'],
  ] as const) {
    const data = encodeFunctionData({ abi, functionName: 'labelRole', args: [office, label] })
    signed.push(await act(data, `name office ${office}`))
  }
  for (const [office, holder] of holders(contracts, guardian)) {
    const data = encodeFunctionData({ abi, functionName: 'grantRole', args: [office, holder, 0] })
    signed.push(await act(data, `give office ${office} away`))
  }
  const args = [offices.administrator, signer.address] as const
  const data = encodeFunctionData({ abi, functionName: 'renounceRole', args })
  signed.push(await act(data, 'give up administering the offices'))
  return signed
}

/** Asserts of a network just deployed that each act belongs to its office, each office to those meant, and no more. */
export async function assertOffices(
  rpc: Rpc,
  contracts: Governed,
  founded: { readonly guardian: Address; readonly startBlock: number },
): Promise<void> {
  const authority = contractView(rpc, authorityAbi, contracts.authority)
  for (const { target, selectors, office } of dutiesAt(contracts)) {
    const calls = selectors.map((selector) => [target, selector] as const)
    const named = await authority.readMany('getTargetFunctionRole', calls)
    if (named.some((one) => one !== office)) throw new Complaint(`The authority gives acts of ${target} to others.`)
  }
  const meant = holders(contracts, founded.guardian).map(([office, holder]) => `${office} ${holder.toLowerCase()}`)
  const held = await heldOffices(rpc, contracts.authority, founded.startBlock)
  if (held.join() !== meant.sort().join()) throw new Complaint('The offices are in other hands than was meant.')
  const answers = [
    [await contractView(rpc, consortiumAbi, contracts.consortium).read('authority', []), contracts.authority],
    [await contractView(rpc, boardAbi, contracts.board).read('accessManager', []), contracts.authority],
    [await contractView(rpc, boardAbi, contracts.board).read('token', []), contracts.membership],
  ] as const
  for (const [named, wanted] of answers) {
    if (named !== wanted) throw new Complaint(`A contract names ${named} where ${wanted} was meant.`)
  }
}

/** Every office that is held, folded from all that the authority ever said, sorted. */
async function heldOffices(rpc: Rpc, authority: Address, startBlock: number): Promise<string[]> {
  const filter = { address: authority, fromBlock: `0x${startBlock.toString(16)}`, toBlock: 'latest' }
  const logs = await rpc.ask<RpcLog[]>('eth_getLogs', [filter])
  const held = new Set<string>()
  for (const log of parseEventLogs({ abi: authorityAbi, logs: logs as never })) {
    if (log.eventName !== 'RoleGranted' && log.eventName !== 'RoleRevoked') continue
    const office = `${log.args.roleId} ${log.args.account.toLowerCase()}`
    if (log.eventName === 'RoleGranted') held.add(office)
    else held.delete(office)
  }
  return [...held].sort()
}
