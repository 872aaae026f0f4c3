import 'server-only'
import type pg from 'pg'
import { encodeFunctionData } from 'viem'
import { entryPoint09Abi } from 'viem/account-abstraction'
import { z } from 'zod'
import { memberAccountAbi } from '#contracts/generated.ts'
import { accountCodeOf } from '#contracts/passkey.ts'
import {
  deployCall,
  entryPoint,
  type MemberOperation,
  operationHash,
  packedOperation,
} from '#contracts/user-operation.ts'
import { type AccountFacts, accountFacts } from '#web/queries/account-facts.ts'
import { askOver, bytesOf } from '#web/queries/database.ts'
import { intentState } from '#web/queries/intent-state.ts'
import { network } from '#web/queries/network.ts'
import { chain } from './chain.ts'
import { memberAgreed } from './consent.ts'
import { standingOf } from './intent-state.ts'
import { type AskedOperation, gasOf, memberOperationShape, operationOf, unsponsored } from './operation-rules.ts'
import { argumentsOf, type OrderStanding } from './order-promise.ts'
import { isOutage } from './outage.ts'
import { takeOne } from './rate-limits.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { countGas } from './sponsoring.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

export const operationRequest = z.object({ operation: memberOperationShape })

const perAccount = { name: 'operations', perSecond: 0.5, burst: 20 } as const

/**
 * Takes a user operation that a member's account signed, for the network to bring: durable when this answers, and
 * counted against the day's budgets before that. The same again is answered the same.
 */
export async function bringOperation(input: unknown, { now = new Date() } = {}): Promise<OrderStanding | Refusal> {
  const request = read(operationRequest, input)
  if (isRefusal(request)) return request
  const asked = request.operation
  const facts = await accountFacts(asked.sender)
  if (facts === null) return refuse('unknownMember')
  const objection = await unsponsored(asked, facts)
  if (objection) return objection
  const operation = operationOf(asked)
  const digest = operationHash(network().chainId, operation)
  if (!(await memberAgreed(asked.sender, digest, asked.signature))) {
    return refuse('badSignature', { member: asked.sender })
  }
  const { refusal } = takeOne([{ limit: perAccount, whose: asked.sender }])
  if (refusal) return refusal
  return await inTransaction((client) => promise(client, { asked, facts, operation, digest }, now))
}

interface Promised {
  readonly asked: AskedOperation
  readonly facts: AccountFacts
  readonly operation: MemberOperation
  readonly digest: Hex
}

async function promise(client: pg.PoolClient, promised: Promised, now: Date): Promise<OrderStanding | Refusal> {
  const { asked, facts, operation, digest } = promised
  const { sender: account, nonce } = asked
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`account ${account}`])
  const key = `operation:${account}:${nonce}`
  const kept = await keptOperation(client, key)
  if (kept !== null && kept.digest === digest) {
    const known = await intentState(0, key, askOver(client))
    if (known !== null) return { ...standingOf(known), key }
  }
  // What was refused has used no number up: another may take its place.
  if (kept !== null && kept.state !== 'refused') return refuse('nonceUsed', { nonce })
  const next = (await nonceOf(account)) + (await waitingBefore(client, account, nonce))
  if (nonce !== next) return refuse('nonceUsed', { nonce, next })
  const failure = next === (await nonceOf(account)) ? await failureOf(operation, facts, digest) : null
  if (failure !== null) return refuse('operationFails', { reason: failure })
  const sponsoring = { whose: account, account, gas: gasOf(asked), undoes: false, deploys: !facts.deployed }
  const over = await countGas(client, sponsoring, now)
  if (over) return over
  await keep(client, { key, account, digest, operation }, now)
  return { state: 'pending', key }
}

async function keptOperation(client: pg.PoolClient, key: string): Promise<{ digest: Hex; state: string } | null> {
  const { rows } = await client.query<{ digest: Buffer; state: string }>({
    name: 'kept operation',
    text: 'SELECT i.content_hash AS digest, i.state FROM portal.intent i WHERE i.shop = 0 AND i.key = $1',
    values: [key],
  })
  return rows[0] ? { digest: `0x${rows[0].digest.toString('hex')}`, state: rows[0].state } : null
}

/** The number that the entry point expects next. */
async function nonceOf(account: Hex): Promise<bigint> {
  const args = [account, 0n] as const
  return await chain().readContract({ address: entryPoint, abi: entryPoint09Abi, functionName: 'getNonce', args })
}

/** How many operations of the account with lower numbers are promised and not carried out. */
async function waitingBefore(client: pg.PoolClient, account: Hex, nonce: bigint): Promise<bigint> {
  const { rows } = await client.query<{ waiting: bigint }>({
    name: 'operations waiting',
    text: `SELECT count(*) AS waiting FROM portal.intent i
      LEFT JOIN portal.submission s ON s.sender = i.sent_by AND s.nonce = i.sent_nonce
      WHERE i.shop = 0 AND i.kind = 'operation' AND i.member = $1 AND i.state <> 'refused'
        AND s.state IS DISTINCT FROM 'mined' AND i.payload->'elsewhere' IS NULL
        AND (i.payload->'operation'->>'nonce')::numeric < $2`,
    values: [bytesOf(account), `${nonce}`],
  })
  return rows[0]?.waiting ?? 0n
}

/**
 * Why the chain would not carry it out now, by asking the account as the entry point does; null where it would. An
 * account that does not stand yet is asked by the code that it is going to have.
 */
async function failureOf(operation: MemberOperation, facts: AccountFacts, digest: Hex): Promise<string | null> {
  const { accounts } = network().contracts
  const args = [packedOperation(operation), digest] as const
  const code = accountCodeOf(accounts, deployCall(accounts, argumentsOf(facts)).data)
  try {
    await chain().call({
      account: entryPoint,
      to: operation.sender,
      data: encodeFunctionData({ abi: memberAccountAbi, functionName: 'executeUserOp', args }),
      gas: operation.callGasLimit + 100_000n,
      ...(facts.deployed ? {} : { stateOverride: [{ address: operation.sender, code }] }),
    })
    return null
  } catch (error) {
    if (isOutage(error)) throw error
    return error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : 'no reason given'
  }
}

async function keep(
  client: pg.PoolClient,
  kept: { readonly key: string; readonly account: Hex; readonly digest: Hex; readonly operation: MemberOperation },
  now: Date,
): Promise<void> {
  const payload = JSON.stringify({ operation: kept.operation, hash: kept.digest }, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  )
  await client.query({
    name: 'keep operation',
    text: `INSERT INTO portal.intent
        (shop, key, kind, member, points, content_hash, payload, state, attempts, created_at)
      VALUES (0, $1, 'operation', $2, 0, $3, $4, 'open', 0, $5)
      ON CONFLICT (shop, key) DO UPDATE SET content_hash = excluded.content_hash, payload = excluded.payload,
        state = 'open', refused = NULL, attempts = 0, sent_by = NULL, sent_nonce = NULL,
        created_at = excluded.created_at
      WHERE portal.intent.state = 'refused'`,
    values: [kept.key, bytesOf(kept.account), bytesOf(kept.digest), payload, now],
  })
}
