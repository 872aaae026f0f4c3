import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { shopPointsAbi } from '#contracts/generated.ts'
import { contractView } from '../../street/contract-view.ts'
import type { Outcome } from './load.ts'
import type { BenchStreet } from './own-street.ts'

/** When the mirror called which block final, as it was seen. */
export interface FinalityLog {
  stop(): Promise<readonly { readonly block: bigint; readonly at: number }[]>
}

const lookEveryMs = 100

export function watchFinality(db: pg.Pool): FinalityLog {
  const seen: { block: bigint; at: number }[] = []
  let going = true
  const watching = (async () => {
    while (going) {
      const { rows } = await db.query<{ block: bigint }>(`SELECT final_block AS block FROM ledger.checkpoint`)
      const block = rows[0]?.block
      if (block !== undefined && block !== seen.at(-1)?.block) seen.push({ block, at: Date.now() })
      await sleep(lookEveryMs)
    }
  })()
  return {
    async stop() {
      going = false
      await watching
      return seen
    },
  }
}

/** One receipt of the load, by its natural key. */
export interface Sent {
  readonly shop: number
  readonly till: number
  readonly sequence: bigint
  readonly kind: 'purchase' | 'payment'
}

/** Waits until nothing that was wished is on its way any more, or the patience runs out. */
export async function untilFinal(db: pg.Pool, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline) {
    const { rows } = await db.query<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM portal.intent WHERE state = 'open')
        OR EXISTS (SELECT FROM portal.till_batch WHERE submitted_count < count)
        OR EXISTS (SELECT FROM portal.submission s WHERE s.state = 'signed'
          OR s.block_number > (SELECT max(final_block) FROM ledger.checkpoint)) AS busy`,
    )
    if (rows[0]?.busy === false) return
    await sleep(200)
  }
}

export interface Books {
  /** Answered as taken, and not on the chain as the mirror has it. */
  readonly lost: number
  /** On the chain more often than once, or though nobody answered for it. */
  readonly doubled: number
  /** Shops whose supply on the chain is not what was issued and paid. */
  readonly supplies: number
  /** From the answer to the moment its block was final, in milliseconds. */
  readonly toFinalMs: readonly number[]
}

interface Stood extends Sent {
  readonly block: bigint
}

/** Holds answers, mirror and chain against one another. */
export async function examine(
  street: BenchStreet,
  {
    outcomes,
    sentOf,
    finality,
    supplyBefore,
  }: {
    readonly outcomes: readonly Outcome[]
    readonly sentOf: (outcome: Outcome) => Sent
    readonly finality: readonly { readonly block: bigint; readonly at: number }[]
    readonly supplyBefore: ReadonlyMap<number, bigint>
  },
): Promise<Books> {
  const stood = new Map((await standing(street.database.pool)).map((one) => [nameOf(one), one]))
  const taken = outcomes.filter(({ answer }) => answer === 'pending' || answer === 'final')
  const lost = taken.filter((outcome) => !stood.has(nameOf(sentOf(outcome)))).length
  const refused = outcomes.filter(({ answer }) => answer !== 'pending' && answer !== 'final')
  const unasked = refused.filter((outcome) => outcome.answer !== 'unanswered' && stood.has(nameOf(sentOf(outcome))))
  const toFinalMs = taken.flatMap((outcome) => {
    const block = stood.get(nameOf(sentOf(outcome)))?.block
    const at = block === undefined ? undefined : finality.find((one) => one.block >= block)?.at
    return at === undefined ? [] : [Math.max(0, at - outcome.answeredAt)]
  })
  const expected = await suppliesByReceipts(street.database.pool)
  let supplies = 0
  for (const [shop, onChain] of await suppliesOnChain(street)) {
    if (onChain !== (supplyBefore.get(shop) ?? 0n) + (expected.get(shop) ?? 0n)) supplies += 1
  }
  const doubled = unasked.length + (await repeated(street.database.pool))
  return { lost, doubled, supplies, toFinalMs }
}

const nameOf = ({ shop, till, sequence, kind }: Sent): string => `${kind} ${shop} ${till} ${sequence}`

async function standing(db: pg.Pool): Promise<Stood[]> {
  const { rows } = await db.query<Stood>(
    `SELECT shop, till, sequence, 'purchase' AS kind, block_number AS block FROM ledger.purchase
     UNION ALL SELECT shop, till, sequence, 'payment', block_number FROM ledger.payment`,
  )
  return rows
}

/** Receipts that appear more than once in what the contracts said, from the journal of events. */
async function repeated(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM ledger.event e WHERE e.name = 'Redeemed'
      GROUP BY e.args->>'shop', e.args->>'till', e.args->>'sequence' HAVING count(*) > 1) more`,
  )
  return rows[0]?.count ?? 0
}

let suppliesFrom: ReadonlyMap<number, bigint> = new Map()

/** What receipts have added to each shop's points since `rememberSupplies`. */
async function suppliesByReceipts(db: pg.Pool): Promise<ReadonlyMap<number, bigint>> {
  const now = await receiptSums(db)
  return new Map([...now].map(([shop, sum]) => [shop, sum - (suppliesFrom.get(shop) ?? 0n)]))
}

export async function rememberSupplies(street: BenchStreet): Promise<ReadonlyMap<number, bigint>> {
  suppliesFrom = await receiptSums(street.database.pool)
  return await suppliesOnChain(street)
}

async function receiptSums(db: pg.Pool): Promise<Map<number, bigint>> {
  const { rows } = await db.query<{ shop: number; sum: bigint }>(
    `SELECT shop, sum(points)::bigint AS sum FROM (SELECT shop, points FROM ledger.purchase
      UNION ALL SELECT issuer, -points FROM ledger.payment_line) moved GROUP BY shop`,
  )
  return new Map(rows.map(({ shop, sum }) => [shop, sum]))
}

async function suppliesOnChain({ database, rpc }: BenchStreet): Promise<Map<number, bigint>> {
  const { rows } = await database.pool.query<{ shop: number; address: Buffer }>(
    'SELECT shop, address FROM ledger.points_token',
  )
  const supplies = new Map<number, bigint>()
  for (const { shop, address } of rows) {
    const view = contractView(rpc, shopPointsAbi, `0x${address.toString('hex')}`)
    supplies.set(shop, await view.read('totalSupply', []))
  }
  return supplies
}
