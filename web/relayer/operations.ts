import { BaseError, decodeErrorResult, decodeEventLog, encodeEventTopics, encodeFunctionData, type Hex } from 'viem'
import { entryPoint09Abi } from 'viem/account-abstraction'
import { z } from 'zod'
import { memberAccountAbi } from '#contracts/generated.ts'
import { accountCodeOf } from '#contracts/passkey.ts'
import { address, wholeNumber } from '#contracts/till-api/wire.ts'
import { entryPoint, type MemberOperation, packedOperation } from '#contracts/user-operation.ts'
import { capped, type Job } from './job.ts'
import type { Block, Receipt, Revert } from './node.ts'
import { type Reason, reasonOf } from './reasons.ts'
import { refuseOne } from './refuse.ts'
import { inTransaction, type Lane, type Street } from './street.ts'
import { bytes } from './submissions.ts'

// User operations go to the entry point together. One that it would not take undoes them all, so each is left out by
// name; one that it takes and whose calls fail ends alone, and says so in its event.

const hexText = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]*$/)])
const number = wholeNumber(2n ** 256n - 1n)

const keptOperation = z.object({
  operation: z.object({
    ...{ sender: address, nonce: number, callData: hexText, signature: hexText },
    ...{ callGasLimit: number, verificationGasLimit: number, preVerificationGas: number },
    ...{ maxFeePerGas: z.literal('0'), maxPriorityFeePerGas: z.literal('0') },
    ...{ factory: hexText.optional(), factoryData: hexText.optional() },
  }),
  hash: hexText,
})

/** What the entry point takes for an operation beside its own limits, and for a bundle. */
const gasPerOperation = 60_000n
const gasOfEntry = 60_000n

/** The call that brings one operation; several are put together by `handling`. */
export function bringing(payload: unknown): Pick<Job, 'purpose' | 'to' | 'data' | 'gas' | 'operation'> {
  const { operation: kept, hash } = keptOperation.parse(payload)
  const { factory, factoryData, ...rest } = kept
  const made = factory === undefined || factoryData === undefined ? {} : { factory, factoryData }
  const operation: MemberOperation = { ...rest, ...made, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  const limits = operation.callGasLimit + operation.verificationGasLimit + operation.preVerificationGas
  const gas = ((limits + gasPerOperation) * 64n) / 62n
  return { purpose: 'operate', ...handling([{ operation, hash }]), gas, operation: { operation, hash } }
}

/** The one call that brings all of them. Nothing is paid, so whoever would be paid is nobody. */
export function handling(operations: readonly NonNullable<Job['operation']>[]): { to: Hex; data: Hex } {
  const packed = operations.map(({ operation }) => packedOperation(operation))
  const args = [packed, nobodyIsPaid] as const
  return { to: entryPoint, data: encodeFunctionData({ abi: entryPoint09Abi, functionName: 'handleOps', args }) }
}

// The entry point pays nothing to the zero address, and refuses it.
const nobodyIsPaid: Hex = `0x${'0'.repeat(39)}1`

export const gasToHandle = (jobs: readonly Job[]): bigint =>
  capped(jobs.reduce((sum, { gas }) => sum + (gas ?? 0n), gasOfEntry))

/** Which operation the entry point would not take, and why; null where it does not say. */
export function notTaken({ reverted }: Revert): { readonly place: number; readonly reason: Reason } | null {
  if (reverted === null) return null
  try {
    const { errorName, args } = decodeErrorResult({ abi: entryPoint09Abi, data: reverted })
    if (errorName !== 'FailedOp' && errorName !== 'FailedOpWithRevert') return null
    const said = String(args[1])
    const code = said.startsWith('AA25') ? 'nonceUsed' : said.startsWith('AA24') ? 'badSignature' : 'chainRefused'
    return { place: Number(args[0]), reason: { code, facts: { reason: said } } }
  } catch (error) {
    if (error instanceof BaseError) return null
    throw error
  }
}

/**
 * Why the account would not carry it out, asked as the entry point asks it; null where it would. The dry run of the
 * bundle cannot tell: there an operation that fails is carried out all the same, and paid for.
 */
export async function failing({ node, network }: Street, { operation }: Job): Promise<Reason | null> {
  if (operation === undefined) return null
  const args = [packedOperation(operation.operation), operation.hash] as const
  const { sender, factoryData, callGasLimit } = operation.operation
  const { accounts } = network.contracts
  const code = factoryData === undefined || accounts === undefined ? undefined : accountCodeOf(accounts, factoryData)
  const call = {
    ...{ from: entryPoint, to: sender, gas: callGasLimit + 100_000n },
    data: encodeFunctionData({ abi: memberAccountAbi, functionName: 'executeUserOp', args }),
    ...(code === undefined ? {} : { code: { at: sender, is: code } }),
  }
  const answer = await node.call(call, 'latest')
  if (typeof answer === 'string') return null
  const { code: why, facts } = reasonOf(answer)
  return { code: 'operationFails', facts: { ...facts, why } }
}

/** What became of each operation in a transaction that was mined: written beside its wish before that is noted. */
export async function noteOutcomes(
  { database }: Street,
  { account }: Lane,
  { nonce, receipt }: { readonly nonce: bigint; readonly receipt: Receipt },
): Promise<void> {
  const failed: { hash: Hex; reason: string }[] = []
  const reasons = new Map<Hex, string>()
  for (const { address: from, topics, data } of receipt.logs) {
    if (from.toLowerCase() !== entryPoint.toLowerCase()) continue
    const event = eventOrNull(topics, data)
    if (event?.eventName === 'UserOperationRevertReason') {
      const { code, facts } = reasonOf({ reverted: event.args.revertReason, message: 'no reason given' })
      reasons.set(event.args.userOpHash, `${code} ${Object.values(facts).join(' ')}`)
    }
    if (event?.eventName !== 'UserOperationEvent' || event.args.success) continue
    failed.push({ hash: event.args.userOpHash, reason: reasons.get(event.args.userOpHash) ?? 'no reason given' })
  }
  await database.query({
    name: 'note outcomes of operations',
    text: `UPDATE portal.intent i SET payload = CASE WHEN f.reason IS NULL THEN i.payload - 'failed'
        ELSE i.payload || jsonb_build_object('failed', f.reason) END
      FROM portal.intent o LEFT JOIN unnest($3::text[], $4::text[]) AS f(hash, reason) ON f.hash = o.payload->>'hash'
      WHERE o.shop = i.shop AND o.key = i.key AND i.kind = 'operation' AND i.sent_by = $1 AND i.sent_nonce = $2`,
    values: [bytes(account.address), nonce, failed.map(({ hash }) => hash), failed.map(({ reason }) => reason)],
  })
}

function eventOrNull(topics: readonly Hex[], data: Hex) {
  try {
    return decodeEventLog({ abi: entryPoint09Abi, topics: topics as [Hex, ...Hex[]], data })
  } catch {
    // The entry point says other things as well.
    return null
  }
}

const blocksLookedBack = 5_000n
const [operationTopic] = encodeEventTopics({ abi: entryPoint09Abi, eventName: 'UserOperationEvent' })

/**
 * Whether somebody else brought it, for good: anybody may take an operation from the pool. Then it ends as the entry
 * point says it did. False where it was not carried out at all.
 */
export async function endedElsewhere(street: Street, head: Block, { operation, wishes }: Job): Promise<boolean> {
  if (operation === undefined || operationTopic === null || !('key' in wishes)) return false
  const topics = [operationTopic, operation.hash]
  const fromBlock = head.number > blocksLookedBack ? head.number - blocksLookedBack : 0n
  const [found] = await street.node.logs({ address: entryPoint, topics, fromBlock })
  const event = found && eventOrNull(found.topics, found.data)
  if (!found || event?.eventName !== 'UserOperationEvent') return false
  const reason = { code: 'operationFails', facts: { reason: 'it failed, and somebody else had brought it' } }
  if (!event.args.success) await inTransaction(street.database, () => refuseOne(street.database, wishes, reason))
  else {
    await street.database.query({
      name: 'operation ended elsewhere',
      text: `UPDATE portal.intent SET state = 'sent', payload = payload || jsonb_build_object('elsewhere', $3::bigint)
        WHERE shop = $1 AND key = $2 AND state = 'open'`,
      values: [wishes.shop, wishes.key, BigInt(found.blockNumber)],
    })
  }
  street.log.warn({ event: 'operation.elsewhere', wish: wishes.key }, 'somebody else brought this operation')
  return true
}

/** An operation that was carried out and failed has used its number up: it ends with its reason once that is final. */
export async function concludeFailed({ database, log, metrics }: Street, final: bigint): Promise<void> {
  const { rows } = await database.query<{ shop: number; key: string; reason: string }>({
    name: 'failed operations',
    text: `SELECT i.shop, i.key, i.payload->>'failed' AS reason FROM portal.intent i
      JOIN portal.submission s ON s.sender = i.sent_by AND s.nonce = i.sent_nonce
      WHERE i.kind = 'operation' AND i.state = 'sent' AND i.payload->'failed' IS NOT NULL
        AND s.state = 'mined' AND s.block_number <= $1`,
    values: [final],
  })
  if (rows.length === 0) return
  await inTransaction(database, async () => {
    for (const wish of rows) await refuseOne(database, wish, { code: 'operationFails', facts: { reason: wish.reason } })
  })
  metrics.ended(rows.length)
  log.warn({ event: 'operations.failed', count: rows.length, first: rows[0]?.key }, 'carried out, and failed')
}
