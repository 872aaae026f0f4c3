import { type Address, encodeFunctionData } from 'viem'
import { z } from 'zod'
import { accountOrder, recoveryStart } from '#contracts/account-order-wire.ts'
import { type AccountCall, accountOrderCall, completeRecoveryCall } from '#contracts/account-orders.ts'
import { courierAbi } from '#contracts/generated.ts'
import { deployCall } from '#contracts/user-operation.ts'
import type { Job } from './job.ts'
import type { Street } from './street.ts'
import { hex } from './submissions.ts'

// Orders about members' accounts, signed by the member or their guardian, and the end of a change of key, which needs
// nobody's signature.

const hexText = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]*$/)])

const kept = z.object({
  said: z.union([
    accountOrder,
    recoveryStart,
    z.object({ kind: z.literal('CompleteRecovery'), recovery: z.int().positive() }),
  ]),
  signature: hexText,
  /** What the account's address is made of; absent where it stands on the chain for sure. */
  arguments: z.object({ x: hexText, y: hexText, guardian: hexText, delay: z.int().nonnegative() }).optional(),
})

/**
 * The call that brings an order. Where the account's deployment is not final yet, it is deployed in the same
 * transaction: a call to an address without code would succeed and do nothing.
 */
export async function ordering(
  street: Street,
  row: { readonly key: string; readonly member: Buffer | null; readonly payload: unknown },
): Promise<Pick<Job, 'purpose' | 'to' | 'data' | 'gas'>> {
  if (row.member === null) throw new Error(`${row.key} names no account`)
  const account = hex(row.member)
  const { said, signature, arguments: made } = kept.parse(row.payload)
  const call =
    said.kind === 'CompleteRecovery' ? completeRecoveryCall(account) : accountOrderCall(account, said, signature)
  if (made === undefined || (await standsForGood(street, row.member))) return { purpose: 'account', ...call, gas: null }
  return {
    purpose: 'account',
    ...deployedFirst(street, account, deployCall(accountsOf(street), made), call),
    gas: null,
  }
}

function deployedFirst(street: Street, account: Address, deploy: AccountCall, call: AccountCall): AccountCall {
  const { courier } = street.network.contracts
  if (courier === undefined) throw new Error(`${account} is not deployed, and the network has no courier to do both`)
  const data = encodeFunctionData({ abi: courierAbi, functionName: 'deliver', args: [[deploy, call]] })
  return { to: courier, data }
}

function accountsOf({ network }: Street): Address {
  if (network.contracts.accounts === undefined) throw new Error('the deployment file names no accounts of members')
  return network.contracts.accounts
}

async function standsForGood({ database }: Street, account: Buffer): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'account stands for good',
    text: `SELECT FROM ledger.event e WHERE e.name = 'AccountDeployed' AND e.args->>'account' = $1
      AND e.block_number <= (SELECT c.final_block FROM ledger.checkpoint c WHERE c.name = 'ledger')
      AND EXISTS (SELECT FROM ledger.account a WHERE a.account = $2) LIMIT 1`,
    values: [hex(account), account],
  })
  return (rowCount ?? 0) > 0
}

/**
 * A change of key that nobody objected to in time becomes a wish of its own: nobody who waits for it can sign for it.
 * By the chain's clock, from the mirror: so it is caused once, however often the relayer begins anew.
 */
export async function causeCompletions({ database, log }: Street): Promise<void> {
  const { rows } = await database.query<{ key: string }>({
    name: 'cause completions',
    text: `INSERT INTO portal.intent
        (shop, key, kind, member, points, content_hash, payload, state, attempts, created_at)
      SELECT 0, d.key, 'account', d.account, 0, sha256(convert_to(d.key, 'UTF8')), jsonb_build_object(
          'said', jsonb_build_object('kind', 'CompleteRecovery', 'recovery', d.recoveries), 'signature', '0x',
          'event', 'Recovered', 'told', jsonb_build_object('recovery', d.recoveries)), 'open', 0, now()
      FROM (SELECT a.account, a.recoveries,
          'account:0x' || encode(a.account, 'hex') || ':complete:' || a.recoveries AS key
        FROM ledger.account a
        WHERE a.recovery_ready_at <= (SELECT b.time FROM ledger.block b ORDER BY b.number DESC LIMIT 1)) d
      WHERE NOT EXISTS (SELECT FROM portal.intent i WHERE i.shop = 0 AND i.key = d.key)
      ON CONFLICT (shop, key) DO NOTHING RETURNING key`,
  })
  if (rows.length > 0) {
    const facts = { event: 'recoveries.due', count: rows.length, first: rows[0]?.key }
    log.info(facts, 'nobody objected to a change of key in time; it is carried out')
  }
}
