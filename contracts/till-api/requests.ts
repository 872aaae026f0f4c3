// What tills and members' phones send to the till API. The acts read their input by these very schemas, and the OpenAPI
// document and the typed client are made of them.
import { z } from 'zod'
import { MOST_ENTRIES } from '../terms.ts'
import {
  address,
  bytes32,
  pointsAmount,
  purposeNumber,
  seconds48,
  secondsOfSale,
  sequence,
  sequenceMax,
  shopNumber,
  signature,
  spendAmount,
  tillNumber,
} from './wire.ts'

/** What somebody is about to spend, in cents. */
export const quoteRequest = z.object({
  shop: shopNumber,
  till: tillNumber,
  spend: spendAmount,
  member: address.optional(),
})

/** What a till sends: the purchases it rang up since it last sent, up to the one its signature reaches to. */
export const issueRequest = z
  .object({
    shop: shopNumber,
    till: tillNumber,
    batch: z.object({
      firstSequence: sequence,
      count: z.int().min(1).max(MOST_ENTRIES),
      head: bytes32,
      signature,
    }),
    entries: z
      .array(z.object({ sequence, member: address, points: pointsAmount, spend: spendAmount, soldAt: secondsOfSale }))
      .min(1)
      .max(MOST_ENTRIES),
  })
  .superRefine(({ batch, entries }, context) => {
    const last = batch.firstSequence + BigInt(batch.count) - 1n
    const first = last - BigInt(entries.length) + 1n
    const complain = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (last > sequenceMax) complain(['batch', 'count'], 'reaches beyond the last possible receipt number')
    if (first < batch.firstSequence) complain(['entries'], 'are more than the batch counts')
    entries.forEach((entry, index) => {
      if (entry.sequence === first + BigInt(index)) return
      complain(['entries', index, 'sequence'], `must be ${first + BigInt(index)}, so that the last is ${last}`)
    })
  })

const mostLines = 16

export const lineList = z
  .array(z.object({ token: address, points: pointsAmount }))
  .min(1)
  .max(mostLines)

/** A member's signed terms and the till's acceptance of them. */
export const redeemRequest = z.object({
  shop: shopNumber,
  till: tillNumber,
  acceptance: signature,
  item: z.object({
    member: address,
    sequence,
    purpose: purposeNumber,
    deadline: seconds48,
    lines: lineList,
    signature,
  }),
})

/** What a till asks for: points, and for what (0: a payment, else the number of one of the shop's rewards). */
export const paymentRequest = z.object({
  shop: shopNumber,
  till: tillNumber,
  points: pointsAmount.refine((points) => points > 0n, { error: 'must be more than 0' }),
  purpose: purposeNumber,
})

/** The till's countersignature. */
export const acceptance = z.object({ acceptance: signature })

/** A purchase that goes back, wholly or in part: what the till has signed (N-10). Amounts in hundredths of a point. */
export const reverseRequest = z.object({
  shop: shopNumber,
  /** The counter that agrees; it need not be the one that sold. */
  till: tillNumber,
  purchase: z.object({ till: tillNumber, sequence }),
  before: pointsAmount,
  points: pointsAmount.refine((points) => points > 0n, { error: 'must be more than 0' }),
  taken: pointsAmount,
  debt: pointsAmount,
  deadline: seconds48,
  signature,
})

/** A payment that is undone, wholly or in part: amounts by line, in the order of its lines (N-15). */
export const refundRequest = z.object({
  shop: shopNumber,
  till: tillNumber,
  payment: z.object({ till: tillNumber, sequence }),
  before: z.array(pointsAmount).min(1).max(mostLines),
  points: z.array(pointsAmount).min(1).max(mostLines),
  deadline: seconds48,
  signature,
})

/** Which purchase a till wants to undo. */
export const reverseQuestion = z.object({ shop: shopNumber, purchase: z.object({ till: tillNumber, sequence }) })

/** Which payment a till wants to undo. */
export const refundQuestion = z.object({ shop: shopNumber, payment: z.object({ till: tillNumber, sequence }) })

export const cashierNumber = z.int().min(1).max(9_999)
export const pin = z.string().regex(/^\d{4,12}$/, { error: 'must be four to twelve digits' })

/** A cashier at a till. */
export const openShiftRequest = z.object({ shop: shopNumber, till: tillNumber, cashier: cashierNumber, pin })

/** Where a shop wants to be told. */
export const webhookRequest = z.object({ url: z.string().max(500) })

/** The most characters of a file of past sales; some hundred thousand rows. */
export const mostFileCharacters = 12_000_000

/** A file of past sales, under an import key that the board has approved (N-7). */
export const importRequest = z.object({
  shop: shopNumber,
  /** The import key's number. */
  till: tillNumber,
  /** What the shop calls the file. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .regex(/^\P{C}*$/u, { error: 'must be words' }),
  /** Its content: a heading (member, time, amount; receipt where there is one), then a line for each sale. */
  csv: z.string().max(mostFileCharacters),
})

/** The same as a dry run. Without a key's number it says what a key would need that the board has yet to approve. */
export const importQuestion = importRequest.extend({ till: tillNumber.optional() })
