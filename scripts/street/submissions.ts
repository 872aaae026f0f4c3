import type pg from 'pg'
import type { Address, Hex } from 'viem'
import { type EmbeddedChain, mineAt } from './chain.ts'
import { type BlockHeader, blockAt, type Rpc } from './rpc.ts'
import { receiptsOf, type Signed, sendAll, sentReceipts } from './signing.ts'

/** A transaction that stands in a block of a known time. */
export interface Mined {
  readonly signed: Signed
  readonly block: number
  readonly time: number
}

/** Keeps transactions that stand in a block already: what the embedded chain can be built from again. */
export async function keepMined(db: pg.Pool | pg.PoolClient, mined: readonly Mined[]): Promise<void> {
  const base = Date.now()
  // The order in which they were made is the order in which they are found again.
  const createdAt = mined.map((_, index) => new Date(base + index))
  await db.query(
    `INSERT INTO portal.submission
       (sender, nonce, hash, raw, purpose, state, block_number, block_time, created_at)
     SELECT sender, nonce, hash, raw, purpose, 'mined', block_number, to_timestamp(block_time), created_at
       FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[], $6::bigint[], $7::bigint[],
                   $8::timestamptz[])
         AS one (sender, nonce, hash, raw, purpose, block_number, block_time, created_at)`,
    [
      mined.map(({ signed }) => bytesOf(signed.sender)),
      mined.map(({ signed }) => signed.nonce),
      mined.map(({ signed }) => bytesOf(signed.hash)),
      mined.map(({ signed }) => bytesOf(signed.raw)),
      mined.map(({ signed }) => signed.purpose),
      mined.map(({ block }) => block),
      mined.map(({ time }) => time),
      createdAt,
    ],
  )
}

/** Keeps a transaction before it is sent: from here on it cannot be lost. */
export async function keepSigned(db: pg.Pool, signed: Signed): Promise<void> {
  await db.query(
    `INSERT INTO portal.submission (sender, nonce, hash, raw, purpose, state, created_at)
     VALUES ($1, $2, $3, $4, $5, 'signed', now())`,
    [bytesOf(signed.sender), signed.nonce, bytesOf(signed.hash), bytesOf(signed.raw), signed.purpose],
  )
}

/** Notes the block in which a kept transaction stands. */
export async function noteMined(db: pg.Pool, signed: Signed, block: BlockHeader): Promise<void> {
  await db.query(
    `UPDATE portal.submission SET state = 'mined', block_number = $3, block_time = to_timestamp($4)
      WHERE sender = $1 AND nonce = $2`,
    [bytesOf(signed.sender), signed.nonce, block.number, block.time],
  )
}

export const bytesOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), 'hex')
export const hexOf = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`

interface Row {
  readonly sender: Buffer
  readonly nonce: bigint
  readonly hash: Buffer
  readonly raw: Buffer
  readonly purpose: string
  readonly state: string
  readonly block: bigint | null
  readonly time: number | null
}

interface Kept extends Signed {
  readonly block: number | undefined
  readonly time: number | undefined
}

/** Everything kept, in the order of the blocks it stood in; what stood in none comes last, as it was made. */
async function kept(db: pg.Pool): Promise<Kept[]> {
  const found = await db.query<Row>(
    `SELECT sender, nonce, hash, raw, purpose, state, block_number AS block,
            extract(epoch FROM block_time)::float8 AS time
       FROM portal.submission ORDER BY block_number NULLS LAST, created_at, sender, nonce`,
  )
  return found.rows.map((row) => ({
    sender: hexOf(row.sender),
    nonce: Number(row.nonce),
    hash: hexOf(row.hash),
    raw: hexOf(row.raw),
    purpose: row.purpose,
    block: row.block === null ? undefined : Number(row.block),
    time: row.time === null ? undefined : Math.floor(row.time),
  }))
}

export async function countKept(db: pg.Pool): Promise<number> {
  const found = await db.query<{ count: bigint }>('SELECT count(*) AS count FROM portal.submission')
  return Number(found.rows[0]?.count ?? 0n)
}

/** The first transaction of all that stood in a block. */
export async function firstMined(db: pg.Pool): Promise<Hex | undefined> {
  return onceMined(await kept(db))[0]?.hash
}

export interface RefillOptions {
  readonly chain: EmbeddedChain
  readonly db: pg.Pool
  readonly detail: (text: string) => void
}

/**
 * Puts back what the chain forgot: each transaction that had stood in a block and that the chain does not know, in
 * the old order and at the old times, so that every check of time falls out as it did. The clock must be held.
 * Returns how many were put back.
 */
export async function refill(options: RefillOptions): Promise<number> {
  const { chain, db } = options
  const all = onceMined(await kept(db))
  const counts = await noncesOf(chain.rpc, [...new Set(all.map((one) => one.sender))])
  const missing = all.filter((one) => one.nonce >= (counts.get(one.sender) ?? 0))
  let done = 0
  for (const block of groupByBlock(missing)) {
    await sendAll(chain.rpc, block)
    await mineAt(chain, block[0]?.time ?? 0)
    await noteBlocks(db, chain.rpc, block)
    done += block.length
    options.detail(`${done} of ${missing.length} transactions`)
  }
  return missing.length
}

/**
 * What had stood in a block. A kill may come between a block and the note of it; where a later transaction of the same
 * sender is noted, the earlier one stood there too, at the latest beside it.
 */
function onceMined(all: readonly Kept[]): Kept[] {
  const next = new Map<Address, Kept>()
  const mined: Kept[] = []
  for (const one of [...all].sort((first, second) => second.nonce - first.nonce)) {
    const later = next.get(one.sender)
    const placed =
      one.block === undefined && later !== undefined ? { ...one, block: later.block, time: later.time } : one
    if (placed.block === undefined) continue
    next.set(one.sender, placed)
    mined.push(placed)
  }
  const order = new Map(all.map((one, place) => [one.hash, place]))
  const place = (one: Kept): number => order.get(one.hash) ?? 0
  return mined.sort((a, b) => (a.block ?? 0) - (b.block ?? 0) || place(a) - place(b))
}

async function noncesOf(rpc: Rpc, senders: readonly Address[]): Promise<Map<Address, number>> {
  const questions = senders.map((sender) => ({ method: 'eth_getTransactionCount', params: [sender, 'latest'] }))
  const answers = await rpc.askAll<string>(questions)
  return new Map(senders.map((sender, index) => [sender, Number(answers[index])]))
}

function groupByBlock(all: readonly Kept[]): Kept[][] {
  const groups: Kept[][] = []
  for (const one of all) {
    const last = groups.at(-1)
    if (last !== undefined && last[0]?.block === one.block) last.push(one)
    else groups.push([one])
  }
  return groups
}

/** A transaction may stand in another block than before; its outcome and its time are the same. */
async function noteBlocks(db: pg.Pool, rpc: Rpc, sent: readonly Kept[]): Promise<void> {
  const receipts = await receiptsOf(
    rpc,
    sent.map((one) => one.hash),
  )
  for (const [index, one] of sent.entries()) {
    const receipt = receipts[index]
    if (receipt === undefined) throw new Error(`the chain did not take transaction "${one.purpose}" ${one.hash} back`)
    const time = one.time ?? 0
    await db.query(
      `UPDATE portal.submission
          SET block_number = $3, block_time = coalesce(block_time, to_timestamp($4)),
              state = CASE WHEN state = 'signed' THEN $5 ELSE state END
        WHERE sender = $1 AND nonce = $2`,
      [bytesOf(one.sender), one.nonce, receipt.block, time, receipt.succeeded ? 'mined' : 'reverted'],
    )
  }
}

/**
 * Sends again what was signed and noted in no block, for every sender but the relayer, who does so itself, and notes
 * where it stands. Call it with the clock running.
 */
export async function resendSigned(options: {
  readonly rpc: Rpc
  readonly db: pg.Pool
  readonly relayer: Address
}): Promise<void> {
  const { rpc, db, relayer } = options
  const open = (await kept(db)).filter((one) => one.block === undefined)
  const others = open.filter((one) => one.sender.toLowerCase() !== relayer.toLowerCase())
  const counts = await noncesOf(rpc, [...new Set(others.map((one) => one.sender))])
  await sendAll(
    rpc,
    others.filter((one) => one.nonce >= (counts.get(one.sender) ?? 0)),
  )
  for (const one of others) {
    const [receipt] = await sentReceipts(rpc, [one])
    const block = receipt === undefined ? undefined : await blockAt(rpc, receipt.block)
    if (block !== undefined) await noteMined(db, one, block)
  }
}
