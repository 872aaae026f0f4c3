// What the till API answers, as it travels: whole numbers as digits, moments in ISO 8601.
import { z } from 'zod'

const digits = z.string().regex(/^\d+$/)
const account = z.string().regex(/^0x[0-9a-f]{40}$/)

/** A refusal as a problem document (RFC 9457); further members are the facts of the code. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** Stable: what a program decides by. */
    code: z.string(),
    detail: z.string().optional(),
    /** What a cashier can read aloud. */
    sentence: z.string().optional(),
    /** What to do. */
    advice: z.string().optional(),
  })
  .catchall(z.unknown())
  .meta({ id: 'Problem' })

const pending = z.object({ state: z.literal('pending'), code: z.string().optional(), sentence: z.string().optional() })
const final = z.object({ state: z.literal('final') })
const refused = z
  .object({ state: z.literal('refused'), code: z.string(), sentence: z.string(), advice: z.string() })
  .catchall(z.unknown())

/** Where a wish stands: durable, in a block that counts, or refused. */
export const standing = z.discriminatedUnion('state', [pending, final, refused])

/**
 * The block in which it stands, and what stands behind what was read there: all its receipts under the root in its
 * header, two nodes that say the same, or one node's word that the block's filter does not contradict.
 */
const inBlock = z.object({
  number: digits,
  hash: z.string().regex(/^0x[0-9a-f]{64}$/),
  evidence: z.enum(['receipts', 'secondSource', 'bloom']),
})

/** The same, with the block where it stands in one. */
export const standingInBlock = z.discriminatedUnion('state', [
  pending.extend({ block: inBlock.optional() }),
  final.extend({ block: inBlock.optional() }),
  refused,
])

const receipt = { sequence: digits, points: digits }

export const issueAnswer = z.object({
  results: z.array(
    z.discriminatedUnion('state', [pending.extend(receipt), final.extend(receipt), refused.extend(receipt)]),
  ),
  /** Only where all purchases are one member's. */
  member: z.object({ address: account, balance: digits, spendable: digits }).optional(),
  /** Cards that hold more than they may by now: sales made offline stand, and no counter adds to these. */
  overfullCards: z.array(z.object({ member: account, limit: digits, holds: digits })).optional(),
})

export const quoteAnswer = z.object({
  points: digits,
  payable: digits.nullable(),
  rewards: z.array(
    z.object({
      reward: z.int(),
      title: z.string(),
      detail: z.string(),
      points: digits,
      missing: digits.nullable(),
    }),
  ),
})

export const requestedPayment = z.object({ sequence: digits, code: z.string(), expiresAt: z.string() })

/** A payment on its way between till and phone; more members than these may come. */
export const shownRequest = z
  .object({
    code: z.string(),
    shop: z.int(),
    till: z.int(),
    sequence: digits,
    points: digits,
    state: z.enum(['open', 'approved', 'accepted', 'cancelled', 'expired']),
    memberName: z.string().nullable(),
    payment: standing.nullable(),
  })
  .catchall(z.unknown())

export const cancelled = z.object({ state: z.literal('cancelled') })

export const lookedUp = z.object({
  member: account,
  displayName: z.string().nullable(),
  calledName: z.string(),
  code: z.string().nullable(),
  balance: digits,
  /** What a card may still take, in hundredths of a point; null for a member. */
  cardTakes: digits.nullable(),
})

export const nextReceipt = z.object({ purchase: digits, payment: digits })

/** The secret is told this once: only its hash is kept. */
export const newKey = z.object({ id: z.string(), key: z.string(), label: z.string(), createdAt: z.string() })

/** What a purchase's receipt still has, before the till hands cash back. */
export const reversible = z.object({
  member: account,
  points: digits,
  /** What had been reversed before: the `before` of what the till signs next. */
  before: digits,
  left: digits,
  /** How much of what is left the member's points at this shop can give. */
  takable: digits,
  /** Whose value is deducted from the cash, or waived as a debt. */
  short: digits,
  until: z.string(),
})

/** What a payment was made of: lines in its own order, amounts in hundredths. */
export const refundable = z.object({
  member: account,
  lines: z.array(z.object({ token: account, issuer: z.int(), points: digits, before: digits })),
  until: z.string(),
})

export const shift = z.object({ token: z.string(), cashier: z.int(), name: z.string(), closesAt: z.string() })

const rowFault = z.object({ row: z.int(), line: z.int(), value: z.string(), code: z.string(), sentence: z.string() })

/** What an import of a file would do; row 0 is the file as a whole. */
export const checkedImport = z.object({
  /** The name under which it goes on: the same for the same content. */
  file: z.string(),
  rows: z.int(),
  /** Of these so many are in already. */
  taken: z.int(),
  faultyRows: z.int(),
  faults: z.array(rowFault),
  /** Hundredths of a point that are still to be given. */
  points: digits,
  /** What is left of the import key's budget; null where the question named no key. */
  budget: digits.nullable(),
  /** How many members the rows name: those that the street knows, and names that nobody has. */
  members: z.object({ found: z.int(), unknown: z.int() }),
  unused: z.array(z.string()),
})

/** Rows to be signed by the import key as one list, and posted to /api/v1/issue; none where all are in. */
export const nextOfImport = z.object({
  shop: z.int(),
  till: z.int(),
  entries: z.array(z.object({ sequence: digits, member: account, points: digits, spend: digits, soldAt: z.int() })),
})

export const importProgress = z.object({
  file: z.string(),
  name: z.string(),
  till: z.int(),
  startedAt: z.string(),
  rows: z.int(),
  taken: z.int(),
  final: z.int(),
  refusedRows: z.int(),
  refused: z.array(z.object({ row: z.int(), sequence: digits, code: z.string(), sentence: z.string() })),
})
