import { decodeFunctionResult, encodeFunctionData } from 'viem'
import { clearingHouseAbi } from '#contracts/generated.ts'
import type { Street } from './street.ts'

const firstWaitMs = 2_000
const longestWaitMs = 120_000

interface WaitingShop {
  readonly shop: number
  /** The fewest points that one of its purchases waits for. */
  readonly least: bigint
}

/** Purchases that waited for their shop's reserve go to the chain again once it carries at least one of them. */
export async function retryFunded(street: Street): Promise<void> {
  const { database, memory, log } = street
  const now = Date.now()
  if (now < memory.fundsLookedAt + firstWaitMs) return
  memory.fundsLookedAt = now
  const { rows } = await database.query<WaitingShop>({
    name: 'shops that wait for funds',
    text: `SELECT i.shop, min(i.points) AS least FROM portal.intent i
      WHERE i.state = 'open' AND i.kind = 'purchase' AND i.attempts > 0 GROUP BY i.shop`,
  })
  for (const shop of memory.funding.keys()) if (!rows.some((row) => row.shop === shop)) memory.funding.delete(shop)
  for (const { shop, least } of rows) {
    const known = memory.funding.get(shop) ?? { notBefore: 0, waitMs: firstWaitMs }
    if (known.notBefore > now) continue
    const waitMs = Math.min(known.waitMs * 2, longestWaitMs)
    const issuable = await issuableOf(street, shop)
    // Asking costs little; only a try that came to nothing makes the next wait longer.
    if (issuable < least) {
      memory.funding.set(shop, { notBefore: now + firstWaitMs, waitMs: known.waitMs })
      continue
    }
    memory.funding.set(shop, { notBefore: now + known.waitMs, waitMs })
    await reopenBatches(street, shop)
    log.info({ shop, issuable: `${issuable}` }, 'funded again; its waiting purchases are sent')
  }
}

async function issuableOf({ node, account, network }: Street, shop: number): Promise<bigint> {
  const answer = await node.call(
    {
      from: account.address,
      to: network.contracts.clearingHouse,
      data: encodeFunctionData({ abi: clearingHouseAbi, functionName: 'issuableOf', args: [shop] }),
    },
    'latest',
  )
  if (typeof answer !== 'string') throw new Error(`issuableOf(${shop}) reverted: ${answer.message}`)
  return decodeFunctionResult({ abi: clearingHouseAbi, functionName: 'issuableOf', data: answer })
}

async function reopenBatches({ database }: Street, shop: number): Promise<void> {
  await database.query({
    name: 'reopen funded batches',
    text: `UPDATE portal.till_batch b SET submitted_count = 0 WHERE b.shop = $1 AND EXISTS (
      SELECT FROM portal.intent i WHERE i.state = 'open' AND i.kind = 'purchase' AND i.attempts > 0
        AND i.shop = b.shop AND i.till = b.till
        AND i.sequence >= b.first_sequence AND i.sequence < b.first_sequence + b.count)`,
    values: [shop],
  })
}
