import 'server-only'
import type pg from 'pg'
import { hashTypedData } from 'viem'
import { z } from 'zod'
import { pointsDomain, transferWithAuthorizationTypes } from '#contracts/terms.ts'
import { askOver, bytesOf, pool } from '#web/queries/database.ts'
import { intentState as stateInTheBooks } from '#web/queries/intent-state.ts'
import { network } from '#web/queries/network.ts'
import { cardFault, cardsAmong } from './cards.ts'
import { memberAgreed } from './consent.ts'
import { type Standing, standingOf } from './intent-state.ts'
import { coveredLines, keepPromise, keptContent, lockMember } from './promises.ts'
import { leastSecondsLeft } from './redeem.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { inTransaction } from './transaction.ts'
import { address, bytes32, type Hex, pointsAmount, read, signature, wholeNumber } from './wire.ts'

const seconds256 = wholeNumber(2n ** 256n - 1n)

/** One member's signed ERC-3009 terms: points of one issuer to another member. */
export const transferRequest = z.object({
  token: address,
  from: address,
  to: address,
  points: pointsAmount.refine((points) => points > 0n, { error: 'must be more than 0' }),
  validAfter: seconds256,
  validBefore: seconds256,
  nonce: bytes32,
  signature,
})

export type Transfer = z.output<typeof transferRequest>

/** A transfer whose signature was looked at. */
export interface SignedTransfer {
  readonly request: Transfer
  readonly issuer: number
  readonly digest: Hex
}

/** Sends points from member to member: durable when this answers, and the points are spoken for. */
export async function transfer(input: unknown, { now = new Date() } = {}): Promise<Standing | Refusal> {
  const request = read(transferRequest, input)
  if (isRefusal(request)) return request
  const signed = await signedTransfer(request)
  if (isRefusal(signed)) return signed
  return await inTransaction(async (client) => {
    const cards = await cardsAmong(client, [request.from, request.to], { lock: 'locked' })
    // All of a card's points go to one phone, the first that opens it.
    if (cards.has(request.from)) return refuse('claimTheCard')
    const fault = cardFault(cards.get(request.to), request.points)
    return fault ?? (await promiseTransfer(client, signed, now))
  })
}

/** Whether whoever sends has signed exactly this, for a token of the street. */
export async function signedTransfer(request: Transfer): Promise<SignedTransfer | Refusal> {
  const { from, to, token } = request
  if (/^0x0{40}$/.test(to)) return refuse('noMember')
  if (from === to) return refuse('sameMember')
  const issuer = await issuerOf(token)
  if (issuer === null) return refuse('unknownToken', { token })
  const digest = transferDigest(request, issuer)
  if (!(await memberAgreed(from, digest, request.signature))) return refuse('badSignature', { member: from })
  return { request, issuer, digest }
}

/** Keeps it, within the caller's transaction. */
export async function promiseTransfer(
  client: pg.PoolClient,
  { request, issuer, digest }: SignedTransfer,
  now: Date,
): Promise<Standing | Refusal> {
  const { token, from, to, points, validAfter, validBefore, nonce } = request
  await lockMember(client, from)
  const key = `transfer:${from}:${nonce}`
  const kept = await keptContent(client, issuer, key)
  const known = await stateInTheBooks(issuer, key, askOver(client))
  if (kept !== null) return kept === digest && known ? standingOf(known) : refuse('authorizationUsed', { nonce })
  if (await usedOnChain(client, request)) return refuse('authorizationUsed', { nonce })
  const seconds = BigInt(Math.floor(now.getTime() / 1000))
  if (validAfter >= seconds) return refuse('notYetValid', { validAfter })
  const least = seconds + BigInt(leastSecondsLeft)
  if (validBefore < least) return refuse('expired', { validBefore, least })
  // Terms without an end must be live for a day, as long as terms usually last.
  const deadline = Number(validBefore < seconds + 86_400n ? validBefore : seconds + 86_400n)
  const covered = await coveredLines(client, from, { lines: [{ token, points }], deadline })
  if (isRefusal(covered)) return covered
  const payload = { token, from, to, points, validAfter, validBefore, nonce, signature: request.signature }
  const wish = { shop: issuer, key, kind: 'transfer', till: null, sequence: null, member: from } as const
  await keepPromise(client, { ...wish, lines: covered, contentHash: digest, payload }, now)
  return { state: 'pending' }
}

async function issuerOf(token: Hex): Promise<number | null> {
  const { rows } = await pool().query<{ shop: number }>({
    name: 'issuer of token',
    text: 'SELECT t.shop FROM ledger.points_token t WHERE t.address = $1',
    values: [bytesOf(token)],
  })
  return rows[0]?.shop ?? null
}

/** Used or called off on the chain, past this portal. */
async function usedOnChain(client: pg.PoolClient, { token, from, nonce }: Transfer): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'authorization used',
    // Two questions, since only the first has an index of its own; few authorizations are ever called off.
    text: `SELECT FROM ledger.event e WHERE e.name = 'AuthorizationUsed'
        AND e.address = $1 AND e.args->>'authorizer' = $2 AND e.args->>'nonce' = $3
      UNION ALL SELECT FROM ledger.event e WHERE e.name = 'AuthorizationCanceled'
        AND e.address = $1 AND e.args->>'authorizer' = $2 AND e.args->>'nonce' = $3 LIMIT 1`,
    values: [bytesOf(token), from, nonce],
  })
  return (rowCount ?? 0) > 0
}

function transferDigest(request: Transfer, issuer: number): Hex {
  const { token, from, to, points, validAfter, validBefore, nonce } = request
  return hashTypedData({
    domain: pointsDomain(network().chainId, issuer, token),
    types: transferWithAuthorizationTypes,
    primaryType: 'TransferWithAuthorization',
    message: { from, to, value: points, validAfter, validBefore, nonce },
  })
}
