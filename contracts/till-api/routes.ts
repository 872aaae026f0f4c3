// Every route of the till API that a vendor's till or a member's phone uses: what goes in, what comes out, who may ask.
import { z } from 'zod'
import {
  cancelled,
  checkedImport,
  importProgress,
  issueAnswer,
  lookedUp,
  newKey,
  nextOfImport,
  nextReceipt,
  quoteAnswer,
  refundable,
  requestedPayment,
  reversible,
  shift,
  shownRequest,
  standing,
  standingInBlock,
} from './answers.ts'
import {
  acceptance,
  importQuestion,
  importRequest,
  issueRequest,
  openShiftRequest,
  paymentRequest,
  quoteRequest,
  redeemRequest,
  refundQuestion,
  refundRequest,
  reverseQuestion,
  reverseRequest,
} from './requests.ts'

export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  /** With its parameters in braces. */
  readonly path: string
  readonly summary: string
  readonly params?: z.ZodObject
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** Whether the shop's API key must come along, or may, or does not matter. */
  readonly key: 'needed' | 'welcome' | 'none'
  /** Refusals that a till should be ready for, beside `malformed`, `tooLarge`, `tooOften` and `unavailable`. */
  readonly codes: readonly string[]
}

const code = z.object({ code: z.string() })
const file = z.object({ file: z.string() })
const till = ['unknownShop', 'unknownTill', 'tillRevoked', 'shopNotActive']
const signedByTill = [...till, 'badTillSignature', 'shiftNeeded', 'shiftOver', 'wrongShop', 'badApiKey']
const keyed = ['apiKeyNeeded', 'badApiKey', 'wrongShop']

export const routes = {
  quote: {
    ...{ method: 'post', path: '/api/v1/quote', body: quoteRequest, answer: quoteAnswer, key: 'needed' },
    summary: 'A dry run: points a purchase would give, points that could be paid with, rewards in reach.',
    codes: [...keyed, ...till, 'overReceiptLimit'],
  },
  issue: {
    ...{ method: 'post', path: '/api/v1/issue', body: issueRequest, answer: issueAnswer, key: 'welcome' },
    summary: 'Gives points for purchases; durable when it answers. The same receipts are answered the same for ever.',
    codes: [...signedByTill, 'receiptConflict', 'batchForked', 'earlierEntriesMissing', 'shopRedeemsOnly'].concat([
      'cardFull',
      'cardClaimed',
    ]),
  },
  redeem: {
    ...{ method: 'post', path: '/api/v1/redeem', body: redeemRequest, answer: standing, key: 'welcome' },
    summary: 'Takes points as payment, under the member’s signed terms and the till’s acceptance.',
    codes: [
      ...signedByTill,
      'tillNotAccepting',
      'badSignature',
      'balance',
      'expired',
      'badLines',
      'unknownToken',
    ].concat([
      'issuerStressed',
      'issuerDefaulted',
      'cardClaimed',
      'receiptConflict',
      'receiptSpent',
      'wrongPrice',
      'unknownReward',
    ]),
  },
  reversible: {
    ...{ method: 'post', path: '/api/v1/reverse/quote', body: reverseQuestion, answer: reversible, key: 'needed' },
    summary: 'What a purchase still has to give back, and what of it the member’s points can no longer give.',
    codes: [...keyed, 'unknownPurchase', 'windowOver'],
  },
  reverse: {
    ...{ method: 'post', path: '/api/v1/reverse', body: reverseRequest, answer: standing, key: 'welcome' },
    summary: 'Undoes a purchase, wholly or in part: its points go back. Ask /reverse/quote before handing out cash.',
    codes: [...signedByTill, 'unknownPurchase', 'windowOver', 'expired', 'outOfTurn', 'tooMuchBack', 'uneven'].concat([
      'notTakable',
      'receiptConflict',
      'tillNotAccepting',
    ]),
  },
  refundable: {
    ...{ method: 'post', path: '/api/v1/refund/quote', body: refundQuestion, answer: refundable, key: 'needed' },
    summary: 'What a payment was made of, line by line, and what has been given back of it.',
    codes: [...keyed, 'unknownPayment', 'windowOver'],
  },
  refund: {
    ...{ method: 'post', path: '/api/v1/refund', body: refundRequest, answer: standing, key: 'welcome' },
    summary: 'Undoes a payment, wholly or in part: its points come back to the member.',
    codes: [
      ...signedByTill,
      'unknownPayment',
      'windowOver',
      'expired',
      'outOfTurn',
      'tooMuchBack',
      'otherLines',
    ].concat(['refundInCash', 'receiptConflict', 'tillNotAccepting']),
  },
  member: {
    ...{ method: 'get', path: '/api/v1/member/{code}', params: code, answer: lookedUp, key: 'needed' },
    summary: 'Whose code was scanned: a name where they agreed to it, and the balance; nothing about other shops.',
    codes: [...keyed, 'unknownMember', 'ambiguousCode', 'cardClaimed'],
  },
  next: {
    ...{ method: 'get', path: '/api/v1/tills/{shop}/{till}/next', answer: nextReceipt, key: 'needed' },
    params: z.object({ shop: z.int(), till: z.int() }),
    summary: 'Where a till goes on counting its receipts, also after it lost its memory.',
    codes: [...keyed, ...till],
  },
  intent: {
    ...{ method: 'get', path: '/api/v1/intents/{shop}/{key}', answer: standingInBlock, key: 'none' },
    params: z.object({ shop: z.int(), key: z.string() }),
    summary:
      'How something wished for stands now, by its natural name, such as payment:1:42; its block, with the evidence.',
    codes: ['unknownIntent'],
  },
  request: {
    ...{ method: 'post', path: '/api/v1/requests', body: paymentRequest, answer: requestedPayment, key: 'needed' },
    summary: 'Opens a payment for a member to approve on their phone; nothing is promised yet.',
    codes: [...keyed, ...till, 'tillNotAccepting', 'tooManyRequests', 'unknownReward', 'wrongPrice', 'shiftNeeded'],
  },
  readRequest: {
    ...{ method: 'get', path: '/api/v1/requests/{code}', params: code, answer: shownRequest, key: 'welcome' },
    summary: 'A payment on its way, by the code the till shows; who agreed to what, for the shop that asked.',
    codes: ['unknownRequest', 'wrongShop', 'badApiKey'],
  },
  accept: {
    ...{ method: 'post', path: '/api/v1/requests/{code}/accept', params: code, body: acceptance, answer: standing },
    key: 'welcome',
    summary: 'The till takes what the member has approved: from here on the payment is a promise.',
    codes: ['unknownRequest', 'requestNotApproved', 'requestExpired', 'requestCancelled', 'badTillSignature'],
  },
  cancel: {
    ...{ method: 'post', path: '/api/v1/requests/{code}/cancel', params: code, body: z.object({}), answer: cancelled },
    key: 'none',
    summary: 'Calls a payment off before the till has accepted it.',
    codes: ['unknownRequest', 'requestAccepted'],
  },
  openShift: {
    ...{ method: 'post', path: '/api/v1/shifts', body: openShiftRequest, answer: shift, key: 'needed' },
    summary: 'A cashier signs in by number and PIN; the token goes along in the header Highstreet-Shift.',
    codes: [...keyed, ...till, 'unknownCashier', 'wrongPin', 'pinLocked'],
  },
  endShift: {
    ...{ method: 'delete', path: '/api/v1/shifts', answer: z.object({ ended: z.literal(true) }), key: 'needed' },
    summary: 'The cashier whose token comes along goes home.',
    codes: [...keyed, 'shiftNeeded'],
  },
  rotateKey: {
    ...{ method: 'post', path: '/api/v1/keys/rotate', body: z.object({}), answer: newKey, key: 'needed' },
    summary: 'A new key in the place of the one that asks, which serves for another day.',
    codes: [...keyed, 'unknownKey'],
  },
  checkImport: {
    ...{ method: 'post', path: '/api/v1/imports/check', body: importQuestion, answer: checkedImport, key: 'needed' },
    summary: 'A dry run of a file of past sales: everything that is wrong with it, by row, and what it would give.',
    codes: [...keyed, ...till, 'notAnImportKey'],
  },
  startImport: {
    ...{ method: 'post', path: '/api/v1/imports', body: importRequest, answer: checkedImport, key: 'needed' },
    summary: 'Takes the file in, if nothing is wrong with it; its rows are then signed list by list.',
    codes: [...keyed, ...till, 'notAnImportKey', 'importFaulty', 'overBudget'],
  },
  nextOfImport: {
    ...{ method: 'get', path: '/api/v1/imports/{file}/next', params: file, answer: nextOfImport, key: 'needed' },
    summary: 'The next rows to be signed by the import key and posted to /api/v1/issue; none where all are in.',
    codes: [...keyed, 'unknownImport'],
  },
  importProgress: {
    ...{ method: 'get', path: '/api/v1/imports/{file}', params: file, answer: importProgress, key: 'needed' },
    summary: 'How far an import has come, and which of its receipts were refused.',
    codes: [...keyed, 'unknownImport'],
  },
} as const satisfies Readonly<Record<string, Route>>

export type RouteName = keyof typeof routes
