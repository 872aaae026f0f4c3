import type pg from 'pg'
import type { Address, Hex } from 'viem'

/** A signed transaction as it is kept. */
export interface Submission {
  readonly nonce: bigint
  readonly hash: Hex
  readonly raw: Hex
  readonly purpose: string
  readonly state: 'signed' | 'mined' | 'reverted'
  readonly blockNumber: bigint | null
  /** Hashes of cheaper signatures over the same call that this one took the place of; one of them may be mined. */
  readonly replaced: readonly Hex[]
}

interface Row extends Omit<Submission, 'hash' | 'raw' | 'replaced'> {
  readonly hash: Buffer
  readonly raw: Buffer
  readonly error: string | null
}

const columns = `s.nonce, s.hash, s.raw, s.purpose, s.state, s.block_number AS "blockNumber", s.error`
const replacedMark = 'replaces '

/** What is not known to stand in a block: never mined, or mined in a block that the chain has since lost. */
export async function unsettled(database: pg.ClientBase, sender: Address, minedCount: bigint): Promise<Submission[]> {
  const { rows } = await database.query<Row>({
    name: 'unsettled submissions',
    text: `SELECT ${columns} FROM portal.submission s WHERE s.sender = $1 AND s.state = 'signed'
      UNION SELECT ${columns} FROM portal.submission s WHERE s.sender = $1 AND s.nonce >= $2
      ORDER BY nonce`,
    values: [bytes(sender), minedCount],
  })
  return rows.map(submissionOf)
}

/** What was last seen in a block above `block`. */
export async function minedAbove(database: pg.ClientBase, sender: Address, block: bigint): Promise<Submission[]> {
  const { rows } = await database.query<Row>({
    name: 'submissions mined above',
    text: `SELECT ${columns} FROM portal.submission s
      WHERE s.sender = $1 AND s.state <> 'signed' AND s.block_number > $2 ORDER BY s.nonce`,
    values: [bytes(sender), block],
  })
  return rows.map(submissionOf)
}

function submissionOf({ hash, raw, error, ...row }: Row): Submission {
  const replaced = error?.startsWith(replacedMark) ? (error.slice(replacedMark.length).split(' ') as Hex[]) : []
  return { ...row, hash: hex(hash), raw: hex(raw), replaced }
}

export async function noteMined(
  database: pg.ClientBase,
  sender: Address,
  found: {
    readonly nonce: bigint
    readonly state: 'mined' | 'reverted'
    readonly hash: Hex
    readonly block: { readonly number: bigint; readonly timeSeconds: number } | null
    readonly reason: string | null
  },
): Promise<void> {
  const { nonce, state, hash, block, reason } = found
  await database.query({
    name: 'note mined',
    text: `UPDATE portal.submission SET state = $3, hash = $4, block_number = $5, block_time = to_timestamp($6),
        error = coalesce($7, error)
      WHERE sender = $1 AND nonce = $2`,
    values: [bytes(sender), nonce, state, bytes(hash), block?.number ?? null, block?.timeSeconds ?? null, reason],
  })
}

/** Their blocks are gone: they wait for a block again, as they were signed. */
export async function noteVanished(database: pg.ClientBase, sender: Address, nonces: readonly bigint[]): Promise<void> {
  await database.query({
    name: 'note vanished',
    text: `UPDATE portal.submission SET state = 'signed', block_number = NULL, block_time = NULL
      WHERE sender = $1 AND nonce = ANY($2) AND state <> 'signed'`,
    values: [bytes(sender), nonces],
  })
}

/** The same call under a better price: the row keeps its number, and remembers the hashes it had. */
export async function noteReplaced(
  database: pg.ClientBase,
  sender: Address,
  { was, hash, raw }: { readonly was: Submission; readonly hash: Hex; readonly raw: Hex },
): Promise<void> {
  await database.query({
    name: 'note replaced',
    text: `UPDATE portal.submission SET hash = $3, raw = $4, error = $5
      WHERE sender = $1 AND nonce = $2 AND state = 'signed'`,
    values: [bytes(sender), was.nonce, bytes(hash), bytes(raw), replacedMark + [...was.replaced, was.hash].join(' ')],
  })
}

export const bytes = (text: Hex): Buffer => Buffer.from(text.slice(2), 'hex')
export const hex = (value: Buffer): Hex => `0x${value.toString('hex')}`
