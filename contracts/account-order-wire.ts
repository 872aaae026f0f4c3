import { z } from 'zod'
import type { AccountOrder, RecoveryStart } from './account-orders.ts'
import { address, bytes32, wholeNumber } from './till-api/wire.ts'

// How orders about keys and guardians travel as JSON between page, portal and relayer.

const deadline = z
  .int()
  .min(0)
  .max(2 ** 48 - 1)
const delay = z
  .int()
  .min(0)
  .max(2 ** 48 - 1)
const number32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
const order = wholeNumber(2n ** 64n - 1n)

/** An order of a member about their own account. */
export const accountOrder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('AddKey'), x: bytes32, y: bytes32, order, deadline }),
  z.object({ kind: z.literal('RemoveKey'), key: bytes32, order, deadline }),
  z.object({ kind: z.literal('ChooseGuardian'), guardian: address, delay, order, deadline }),
  z.object({ kind: z.literal('KeepGuardian'), guardian: address, from: deadline, deadline }),
  z.object({ kind: z.literal('Veto'), recovery: number32, deadline }),
]) satisfies z.ZodType<AccountOrder>

/** A guardian's word that a change of key begins. */
export const recoveryStart = z.object({
  kind: z.literal('StartRecovery'),
  x: bytes32,
  y: bytes32,
  recovery: number32,
  deadline,
}) satisfies z.ZodType<RecoveryStart>

const prepared = z.object({
  account: address,
  chainId: z.int().positive(),
  order: z.union([accountOrder, recoveryStart]),
})

/** What is to be signed, as the portal's answer gave it: for `typedAccountOrder`. */
export function readPrepared(answer: unknown): z.output<typeof prepared> {
  return prepared.parse(answer)
}
