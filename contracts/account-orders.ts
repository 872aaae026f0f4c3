// What members and guardians sign about an account's keys: the EIP-712 domain and types that
// contracts/accounts/ checks. Pure viem, for the page that asks the passkey, the relayer and an auditor alike.
import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, hashTypedData, keccak256 } from 'viem'
import { memberAccountAbi } from './generated.ts'

/** A passkey's public key, 32 bytes each. */
export type PasskeyPoint = { x: Hex; y: Hex }

/**
 * An order about the keys or the guardian of an account. `order` is what `nextOrder()` says, `recovery` the number of
 * the change of key that waits, `from` when the guardian to be refused takes effect; deadlines in seconds UTC.
 */
export type AccountOrder =
  | { kind: 'AddKey'; x: Hex; y: Hex; order: bigint; deadline: number }
  | { kind: 'RemoveKey'; key: Hex; order: bigint; deadline: number }
  | { kind: 'ChooseGuardian'; guardian: Address; delay: number; order: bigint; deadline: number }
  | { kind: 'KeepGuardian'; guardian: Address; from: number; deadline: number }
  | { kind: 'Veto'; recovery: number; deadline: number }

/** The guardian's word that a change of key begins; `recovery` is what `nextRecovery()` says. */
export type RecoveryStart = { kind: 'StartRecovery'; x: Hex; y: Hex; recovery: number; deadline: number }

/** A call of the account that anybody may send. */
export type AccountCall = { to: Address; data: Hex }

/** Seconds for which a key that was added removes no other; the least and the most a guardian leaves to object. */
export const KEY_SETTLES_AFTER = 72 * 3_600
export const LEAST_GUARDIAN_DELAY = 72 * 3_600
export const MOST_GUARDIAN_DELAY = 30 * 86_400

/** Most passkeys of an account. */
export const MOST_KEYS = 8

/** The latest deadline there is: for orders within a user operation, which has its own life. */
export const NO_DEADLINE = 2 ** 48 - 1

const deadline = { name: 'deadline', type: 'uint48' } as const
const order = { name: 'order', type: 'uint64' } as const
const point = [
  { name: 'x', type: 'bytes32' },
  { name: 'y', type: 'bytes32' },
] as const

export const accountOrderTypes = {
  AddKey: [...point, order, deadline],
  RemoveKey: [{ name: 'key', type: 'bytes32' }, order, deadline],
  ChooseGuardian: [{ name: 'guardian', type: 'address' }, { name: 'delay', type: 'uint48' }, order, deadline],
  KeepGuardian: [{ name: 'guardian', type: 'address' }, { name: 'from', type: 'uint48' }, deadline],
  Veto: [{ name: 'recovery', type: 'uint32' }, deadline],
  StartRecovery: [...point, { name: 'recovery', type: 'uint32' }, deadline],
} as const

export function accountDomain(chainId: number, account: Address) {
  return { name: 'Highstreet account', version: '1', chainId, verifyingContract: account } as const
}

/** The name of a key on the chain. */
export function keyName({ x, y }: PasskeyPoint): Hex {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [x, y]))
}

/** What a wallet shows and signs of an order or of the start of a recovery (`signTypedData`). */
export function typedAccountOrder(chainId: number, account: Address, said: AccountOrder | RecoveryStart) {
  const { kind, ...message } = said
  const domain = accountDomain(chainId, account)
  return { domain, types: { [kind]: accountOrderTypes[kind] }, primaryType: kind, message }
}

/** The digest of the same: what a passkey is asked to sign, before `packAssertion` makes a signature of its answer. */
export function accountOrderDigest(chainId: number, account: Address, said: AccountOrder | RecoveryStart): Hex {
  return hashTypedData(typedAccountOrder(chainId, account, said) as Parameters<typeof hashTypedData>[0])
}

/**
 * The call that brings an order or the start of a recovery, with its signature; without one it is for a user operation,
 * or for the guardian's own transaction.
 */
export function accountOrderCall(account: Address, said: AccountOrder | RecoveryStart, signature: Hex = '0x') {
  return { to: account, data: orderData(said, signature) } satisfies AccountCall
}

function orderData(said: AccountOrder | RecoveryStart, signature: Hex): Hex {
  const abi = memberAccountAbi
  switch (said.kind) {
    case 'AddKey':
      return encodeFunctionData({ abi, functionName: 'addKey', args: [said.x, said.y, said.deadline, signature] })
    case 'RemoveKey':
      return encodeFunctionData({ abi, functionName: 'removeKey', args: [said.key, said.deadline, signature] })
    case 'ChooseGuardian': {
      const args = [said.guardian, said.delay, said.deadline, signature] as const
      return encodeFunctionData({ abi, functionName: 'chooseGuardian', args })
    }
    case 'KeepGuardian': {
      const args = [said.guardian, said.from, said.deadline, signature] as const
      return encodeFunctionData({ abi, functionName: 'keepGuardian', args })
    }
    case 'Veto':
      return encodeFunctionData({ abi, functionName: 'veto', args: [said.recovery, said.deadline, signature] })
    case 'StartRecovery': {
      const args = [said.x, said.y, said.deadline, signature] as const
      return encodeFunctionData({ abi, functionName: 'startRecovery', args })
    }
  }
}

/** The call that carries out a change of key nobody objected to; anybody sends it. */
export function completeRecoveryCall(account: Address): AccountCall {
  return { to: account, data: encodeFunctionData({ abi: memberAccountAbi, functionName: 'completeRecovery' }) }
}
