import { type Abi, decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { clearingHouseAbi, issuanceAbi, tillKindNames } from '#contracts/generated.ts'
import type { Street } from './street.ts'

const firstWaitMs = 2_000
const longestWaitMs = 120_000

interface WaitingTill {
  readonly shop: number
  readonly till: number
  /** A number of the contracts' enum TillKind. */
  readonly kind: number
  /** The fewest points that one of its purchases waits for. */
  readonly least: bigint
}

/**
 * Purchases that waited for their shop's reserve, or for an allowance to fill up again, go to the chain once there is
 * room for at least one of them.
 */
export async function retryFunded(street: Street): Promise<void> {
  const { database, memory, log } = street
  const now = Date.now()
  if (now < memory.fundsLookedAt + firstWaitMs) return
  memory.fundsLookedAt = now
  const { rows } = await database.query<WaitingTill>({
    name: 'tills that wait for room',
    text: `SELECT i.shop, i.till, t.kind, min(i.points) AS least
      FROM portal.intent i JOIN ledger.till t ON t.shop = i.shop AND t.till = i.till
      WHERE i.state = 'open' AND i.kind = 'purchase' AND i.attempts > 0
        AND (NOT t.revoked OR EXISTS (SELECT FROM portal.owner_word w WHERE w.shop = i.shop AND w.till = i.till
          AND w.word = 'confirmed' AND w.refused IS NULL)) GROUP BY i.shop, i.till, t.kind`,
  })
  const names = new Set(rows.map(nameOf))
  for (const name of memory.funding.keys()) if (!names.has(name)) memory.funding.delete(name)
  for (const waiting of rows) {
    const known = memory.funding.get(nameOf(waiting)) ?? { notBefore: 0, waitMs: firstWaitMs }
    if (known.notBefore > now) continue
    const waitMs = Math.min(known.waitMs * 2, longestWaitMs)
    const room = await roomAt(street, waiting)
    // Asking costs little; only a try that came to nothing makes the next wait longer.
    if (room < waiting.least) {
      memory.funding.set(nameOf(waiting), { notBefore: now + firstWaitMs, waitMs: known.waitMs })
      continue
    }
    memory.funding.set(nameOf(waiting), { notBefore: now + known.waitMs, waitMs })
    await reopenBatches(street, waiting)
    const facts = { event: 'purchases.funded', shop: waiting.shop, till: waiting.till, funded: `${room}` }
    log.info(facts, 'room again; waiting purchases are sent')
  }
}

const nameOf = ({ shop, till }: WaitingTill): string => `${shop}:${till}`

/** What the chain would let the till give now: by the reserve, its own allowance and the shop's. */
async function roomAt(street: Street, { shop, till, kind }: WaitingTill): Promise<bigint> {
  const { clearingHouse, issuance } = street.network.contracts
  const allowance = (of: number) =>
    asked(street, { to: issuance, abi: issuanceAbi, functionName: 'allowanceOf', args: [shop, of] })
  const rooms = [
    await asked(street, { to: clearingHouse, abi: clearingHouseAbi, functionName: 'issuableOf', args: [shop] }),
  ]
  const name = tillKindNames[kind]
  if (name === 'Counter') rooms.push(await allowance(till))
  if (name !== 'Import') rooms.push(await allowance(wholeShop))
  return rooms.reduce((least, room) => (room < least ? room : least))
}

/** The chain keeps the shop's own allowance where a till 0 would have its. */
const wholeShop = 0

interface Question {
  readonly to: Hex
  readonly abi: Abi
  readonly functionName: string
  readonly args: readonly number[]
}

async function asked({ node, asker }: Street, { to, ...question }: Question): Promise<bigint> {
  const answer = await node.call({ from: asker, to, data: encodeFunctionData(question) }, 'latest')
  if (typeof answer !== 'string')
    throw new Error(`${question.functionName}(${question.args}) reverted: ${answer.message}`)
  return decodeFunctionResult({ ...question, data: answer }) as bigint
}

async function reopenBatches({ database }: Street, { shop, till }: WaitingTill): Promise<void> {
  await database.query({
    name: 'reopen batches with room',
    text: `UPDATE portal.till_batch b SET submitted_count = 0 WHERE b.shop = $1 AND b.till = $2 AND EXISTS (
      SELECT FROM portal.intent i WHERE i.state = 'open' AND i.kind = 'purchase' AND i.attempts > 0
        AND i.shop = b.shop AND i.till = b.till
        AND i.sequence >= b.first_sequence AND i.sequence < b.first_sequence + b.count)`,
    values: [shop, till],
  })
}
