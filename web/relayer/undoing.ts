import { encodeFunctionData, type Hex } from 'viem'
import { z } from 'zod'
import { issuanceAbi, redemptionsAbi } from '#contracts/generated.ts'
import { paymentResult } from '#contracts/payment-record.ts'
import { receiptName } from '#contracts/terms.ts'
import type { Call } from './calls.ts'
import type { Street } from './street.ts'
import { hex } from './submissions.ts'

// What undoes a purchase or a payment brings its record along: what the chain said of it when it came to be. The mirror
// has those words; until it has them, the wish waits.

export interface Undoing {
  readonly shop: number
  /** The till and the number of the receipt that is undone. */
  readonly till: number
  readonly sequence: bigint
  readonly payload: unknown
}

const hexText = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]*$/)])
const digits = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]).transform((text) => BigInt(text))

const reversal = z.object({
  byTill: z.int(),
  before: digits,
  points: digits,
  taken: digits,
  debt: digits,
  deadline: digits,
  signature: hexText,
})
const issued = z.object({ firstSequence: digits, issuedBits: digits, record: digits, entries: hexText })

const gasToReverse = 400_000n
const gasToRefund = 350_000n
const gasPerEntry = 3_000n
const gasPerLine = 120_000n

/** null while the purchase does not stand in the mirror. */
export async function reversing({ database }: Street, wish: Undoing): Promise<Call | null> {
  const { shop, till, sequence } = wish
  const { rows } = await database.query<{ args: unknown; quarter: bigint | null }>({
    name: 'chunk of purchase',
    text: `SELECT e.args, (SELECT (q.args->>'quarter')::bigint FROM ledger.event q
        JOIN ledger.points_token t ON t.address = q.address AND t.shop = p.shop
        WHERE q.name = 'QuarterBegan' AND (q.block_number, q.log_index) < (p.block_number, p.log_index)
        ORDER BY q.block_number DESC, q.log_index DESC LIMIT 1) AS quarter
      FROM ledger.purchase p
      JOIN ledger.event e ON e.block_number = p.block_number AND e.log_index = p.log_index
      WHERE p.shop = $1 AND p.till = $2 AND p.sequence = $3`,
    values: [shop, till, sequence],
  })
  const [row] = rows
  if (row === undefined) return null
  const { firstSequence, issuedBits, record, entries } = issued.parse(row.args)
  const agreed = reversal.parse(wish.payload)
  const chunk = { till, firstSequence, issuedBits, quarter: Number(row.quarter ?? 0n), entries }
  const amounts = { before: Number(agreed.before), points: Number(agreed.points), taken: Number(agreed.taken) }
  const data = encodeFunctionData({
    abi: issuanceAbi,
    functionName: 'reverse',
    args: [
      shop,
      record,
      chunk,
      {
        ...{ till: agreed.byTill, index: Number(sequence - firstSequence), ...amounts },
        ...{ debt: Number(agreed.debt), deadline: Number(agreed.deadline), signature: agreed.signature },
      },
    ],
  })
  return { data, gas: gasToReverse + gasPerEntry * BigInt((entries.length - 2) / entryDigits) }
}

const entryDigits = 72

const refund = z.object({
  byTill: z.int(),
  before: z.array(digits),
  points: z.array(digits),
  deadline: digits,
  signature: hexText,
})
const redeemed = z.object({
  member: hexText,
  sequence: digits,
  lines: z.array(z.object({ token: hexText, points: digits })),
  lanes: z.array(digits),
})

interface RecordRow {
  readonly args: unknown
  readonly record: bigint
  readonly recordedAt: bigint
}

/** null while the payment does not stand in the mirror. */
export async function refunding({ database, network }: Street, wish: Undoing): Promise<Call | null> {
  const { shop, till, sequence } = wish
  const { rows } = await database.query<RecordRow>({
    name: 'record of payment',
    text: `SELECT e.args, o.record, extract(epoch FROM b.time)::bigint AS "recordedAt"
      FROM ledger.payment p
      JOIN ledger.payment o ON o.shop = p.shop AND o.till = p.till AND o.record = p.record
        AND o.block_number = p.block_number
      JOIN ledger.event e ON e.block_number = o.block_number AND e.log_index = o.log_index
      JOIN ledger.block b ON b.number = p.block_number
      WHERE p.shop = $1 AND p.till = $2 AND p.sequence = $3 ORDER BY o.log_index`,
    values: [shop, till, sequence],
  })
  const [first] = rows
  if (first === undefined) return null
  const standing = rows.map(({ args }) => {
    const payment = redeemed.parse(args)
    // Who paid with points of a defaulted shop is paid back in cash; for all others a point is worth par.
    return { ...payment, value: payment.lines.reduce((sum, { points }) => sum + points * network.par, 0n) }
  })
  const index = standing.findIndex((one) => one.sequence === sequence)
  const payment = standing[index]
  if (payment === undefined) return null
  const agreed = refund.parse(wish.payload)
  const lines = payment.lines.map(({ token, points }) => ({ token, points: Number(points) }))
  const record = {
    ...{ record: receiptName({ shop, till, sequence: first.record }), till, recordedAt: first.recordedAt },
    ...{ results: standing.map(paymentResult) as Hex[], index: BigInt(index), member: payment.member, sequence },
    ...{ lines, lanes: payment.lanes, value: payment.value },
  }
  const { byTill, signature, deadline } = agreed
  const terms = {
    ...{ till: byTill, before: agreed.before.map(Number), points: agreed.points.map(Number) },
    ...{ deadline: Number(deadline), signature },
  }
  const data = encodeFunctionData({ abi: redemptionsAbi, functionName: 'refund', args: [shop, record, terms] })
  return { data, gas: gasToRefund + gasPerLine * BigInt(lines.length) }
}

/** The receipt that a wish is about, as the books keep it. */
export function undoingOf(row: {
  readonly shop: number
  readonly key: string
  readonly till: number | null
  readonly sequence: bigint | null
  readonly member: Buffer | null
  readonly payload: unknown
}): Undoing {
  const { shop, till, sequence, payload } = row
  if (till === null || sequence === null) {
    throw new Error(`${row.key} of shop ${shop}, for ${hex(row.member ?? Buffer.alloc(0))}, lacks its receipt`)
  }
  return { shop, till, sequence, payload }
}
