import { accountWordings } from './account-sentences.ts'
import { ownersWordings } from './owner-sentences.ts'
import { type Wording, wording } from './wording.ts'

/** Every code a refusal may carry, the chain's reasons included (their names with a small first letter). */
export const wordings = {
  // what the caller sent
  malformed: wording(400, 'I could not read that request.', 'Correct the field that is named and send it again.'),
  tooLarge: wording(413, 'That request is too large.', 'Send at most 500 purchases in one request.'),
  noMember: wording(
    422,
    'There is no member on this purchase.',
    'Scan the member’s code and use the next receipt number.',
  ),
  badLines: wording(
    422,
    'The points of this payment are not listed properly.',
    'Ask for a new payment: each shop’s points once, in the order of their addresses.',
  ),
  unknownToken: wording(422, 'One of these points is not of this street.', 'Ask for a new payment with other points.'),
  wrongAmount: wording(
    422,
    'The member approved another amount than the till asked for.',
    'Ask the member to approve the payment again.',
  ),
  sameMember: wording(422, 'You cannot send points to yourself.', 'Choose somebody else.'),

  // who is asking
  unknownShop: wording(404, 'This street has no shop with that number.', 'Check the till’s settings.'),
  unknownTill: wording(404, 'This shop has no till with that number.', 'Check the till’s settings, or add the till.'),
  unknownMember: wording(
    404,
    'I know no member with that code.',
    'Scan the code again, or look the member up by name.',
  ),
  ambiguousCode: wording(409, 'More than one member has that code.', 'Ask the member to show the full code.'),
  tillRevoked: wording(
    403,
    'This till has been switched off by the owner.',
    'Use another till. The owner can confirm what this one has signed.',
  ),
  tillNotAccepting: wording(403, 'This till cannot take points.', 'Use a till that stands at a counter.'),
  shopNotActive: wording(
    403,
    'This shop takes no part in the street’s points at present.',
    'Ask the owner of the shop.',
  ),
  shopRedeemsOnly: wording(403, 'This shop accepts points but gives none.', 'Sell without points.'),
  foreignOrigin: wording(
    403,
    'That was asked by another page than this portal’s own.',
    'Open the portal itself and try again there.',
  ),
  notTheOwner: wording(403, 'Only the owner of the shop can do that.', 'Come in as the owner and try again.'),
  notYours: wording(403, 'Only the member can decide that.', 'Come in as the member and try again.'),
  badTillSignature: wording(
    403,
    'The till’s signature does not fit.',
    'Send exactly what the till has signed, with the key this till was registered with.',
  ),
  badSignature: wording(
    403,
    'The member’s approval does not fit this payment.',
    'Ask the member to approve it again on their phone.',
  ),

  // coming in
  notInside: wording(401, 'Nobody is signed in here.', 'Sign in and try again.'),
  challengeSpent: wording(410, 'That took too long, or was used before.', 'Try again from the beginning.'),
  otherPlace: wording(403, 'That passkey answered another site.', 'Open the portal at its own address and try again.'),
  userNotVerified: wording(
    403,
    'Your device did not check that it is you.',
    'Use your finger, your face or the device’s code when it asks.',
  ),
  unusablePasskey: wording(
    422,
    'This device made a kind of passkey that the street cannot read.',
    'Try another device, or the browser the device came with.',
  ),
  badPasskey: wording(403, 'The passkey’s answer does not fit.', 'Try again from the beginning.'),
  unknownPasskey: wording(404, 'Nobody here has that passkey.', 'Join first, or choose another passkey.'),
  passkeyRemoved: wording(403, 'That passkey was taken off its account.', 'Use one that belongs to it now.'),
  alreadyJoined: wording(409, 'That passkey has joined already.', 'Sign in with it.'),
  badEntry: wording(403, 'What the wallet signed does not let you in here.', 'Try again from the beginning.'),
  notYourPlace: wording(403, 'That account does not stand there.', 'Choose a shop or till that is yours.'),
  ownsNoShop: wording(403, 'No shop here belongs to that account.', 'Open with the account that owns the shop.'),
  noTillYet: wording(403, 'No shop has made this device its till yet.', 'Have the owner add its number first.'),
  unknownInvitation: wording(404, 'No till asks under that code.', 'Ask the till for a new one.'),

  // scores
  nothingFixed: wording(404, 'Nothing is fixed about you at this shop.', 'Look again tomorrow, after the next look.'),
  notFixedYet: wording(409, 'The last look is not on the chain yet.', 'Try again in a minute.'),

  ...accountWordings,

  // receipts
  receiptConflict: wording(
    409,
    'This receipt number has already been used for something else.',
    'Take the next receipt number and ring it up again.',
  ),
  receiptSpent: wording(409, 'This receipt has already been used.', 'Take the next receipt number.'),
  earlierEntriesMissing: wording(
    409,
    'Earlier purchases of this till have not arrived yet.',
    'Send the purchases from the number that is named, together with these.',
  ),
  batchForked: wording(
    409,
    'This till has signed two different lists under one number.',
    'Start a new list at the next receipt number.',
  ),
  timeOfSale: wording(
    422,
    'The time of this sale is too long ago, or still to come.',
    'Set the till’s clock. Sales older than seven days go through the board’s import.',
  ),
  overReceiptLimit: wording(
    422,
    'That is more points than this shop gives on one receipt.',
    'Check the amount. The owner can raise the limit.',
  ),
  overBudget: wording(
    422,
    'The points set aside for this campaign or import are used up.',
    'Use another till. The owner can add a campaign, the board allows imports.',
  ),
  overTillAllowance: wording(
    422,
    'The points are on their way: this till has given all it may for now.',
    'Nothing to do at the till. The owner can raise what it may give in a day.',
  ),
  overShopAllowance: wording(
    422,
    'The points are on their way: the shop has given all it may for now.',
    'Nothing to do at the till. The owner can raise what the shop may give in a day.',
  ),
  issuingPaused: wording(
    503,
    'The points are on their way: giving points is paused in the whole street.',
    'Nothing to do at the till. They follow when the pause is over, after three days at the latest.',
  ),
  notFunded: wording(
    422,
    'The points are on their way: the shop has to add to its reserve first.',
    'Nothing to do at the till. The owner can add money to the reserve.',
  ),

  ...ownersWordings,

  // past sales
  notAnImportKey: wording(
    403,
    'That number is no import key.',
    'Ask the board for an import key, and name its number.',
  ),
  importFaulty: wording(
    422,
    'Something is wrong with this file.',
    'Correct the rows that are named and send it again.',
  ),
  unknownImport: wording(404, 'I know no such file of this shop.', 'Send the file again.'),

  // cards
  cardFull: wording(
    422,
    'This card holds as much as a card may.',
    'Ask the member to join with their phone, or sell without points.',
  ),
  cardClaimed: wording(
    409,
    'This card’s points have moved to a phone.',
    'Ask the member to show the code on their phone.',
  ),
  claimTheCard: wording(403, 'A card’s points go to one phone, all of them.', 'Open the sealed code with that phone.'),
  unknownCard: wording(404, 'This street knows no such card.', 'Scan the sealed code again.'),
  cardHasMore: wording(409, 'The card’s points have changed meanwhile.', 'Look at the card again, and sign anew.'),

  // keys, cashiers and how often one may ask
  badApiKey: wording(401, 'I do not know this till’s key for the network.', 'Enter the key of this shop again.'),
  apiKeyNeeded: wording(401, 'This till has not said who it is.', 'Send the shop’s API key, or come in first.'),
  wrongShop: wording(403, 'This key belongs to another shop.', 'Use the key of the shop that is named.'),
  tooOften: wording(429, 'Too many requests at once.', 'Wait as long as the answer says, then send it again.'),
  tooManyTries: wording(429, 'That was too often in a short time. Please wait, then try again.', 'Wait a moment.'),
  unknownKey: wording(404, 'This shop has no key with that name.', 'Look at the list of the shop’s keys.'),
  unknownCashier: wording(404, 'Nobody works here under that number.', 'Check the number, or ask the owner.'),
  wrongPin: wording(403, 'That PIN is not right.', 'Try again.'),
  pinLocked: wording(403, 'Too many wrong PINs.', 'Wait a while, or ask the owner for a new PIN.'),
  shiftNeeded: wording(403, 'Nobody has signed in at this till.', 'Enter your number and PIN first.'),
  shiftOver: wording(403, 'This shift is over.', 'Enter your number and PIN again.'),

  // webhooks
  badTarget: wording(422, 'I tell nobody at such an address.', 'Name an https address on the open network.'),
  unknownWebhook: wording(404, 'This shop is told at no such place.', 'Look at the list of the shop’s webhooks.'),

  // what goes back
  unknownPurchase: wording(404, 'I know no purchase with that receipt.', 'Check the till and the number.'),
  unknownPayment: wording(404, 'I know no payment with that receipt.', 'Check the till and the number.'),
  windowOver: wording(422, 'That was too long ago to be undone with points.', 'Settle it in cash.'),
  outOfTurn: wording(409, 'Part of this has gone back already.', 'Ask again what is left, and sign that.'),
  tooMuchBack: wording(422, 'That is more than is left of it.', 'Ask again what is left.'),
  uneven: wording(422, 'What is taken and owed is more than what goes back.', 'Ask again what is left.'),
  notTakable: wording(
    422,
    'The member no longer has all of these points.',
    'Deduct the value of what is missing from the cash, or waive it as a debt.',
  ),
  refundInCash: wording(422, 'One of these shops no longer stands for its points.', 'Pay that part back in cash.'),
  otherLines: wording(422, 'This payment was made of other points.', 'Ask again what it was made of.'),

  // what is not certain yet
  waitForFinal: wording(
    409,
    'One moment: I am waiting until this payment is certain.',
    'Hand the goods over when it is final, in a few seconds.',
  ),

  owedFromBefore: wording(402, 'An earlier payment of yours here failed. Please pay it now.', 'Mark it as paid.'),
  nothingOwed: wording(404, 'Nobody owes anything for that receipt.', 'Look at the list of what is not paid yet.'),

  // points and consents
  balance: wording(422, 'There are not enough points.', 'Choose a smaller amount, or another reward.'),
  issuerStressed: wording(
    422,
    'Points of one of these shops can be spent only at that shop for now.',
    'Ask for the payment again with other points.',
  ),
  issuerDefaulted: wording(
    422,
    'One of these shops can no longer stand for its points in full.',
    'Ask for the payment again with other points.',
  ),
  expired: wording(410, 'The member’s approval has run out.', 'Ask the member to approve it again.'),
  notYetValid: wording(422, 'This approval is not valid yet.', 'Wait until it is, or ask for a new one.'),
  authorizationUsed: wording(409, 'This transfer has already been made or was called off.', 'Look at the statement.'),

  // payment requests
  unknownRequest: wording(404, 'I know no payment with that code.', 'Check the code, or ask the till for a new one.'),
  unknownReward: wording(404, 'This shop does not offer that reward.', 'Choose another one from the list.'),
  wrongPrice: wording(
    422,
    'That is not what this reward costs.',
    'Choose the reward from the list again: its price may have changed.',
  ),
  requestExpired: wording(410, 'This payment was not finished in time.', 'Ask the till for a new one.'),
  requestTaken: wording(409, 'Somebody else has approved this payment.', 'Ask the till for a new one.'),
  requestNotApproved: wording(409, 'The member has not approved this payment yet.', 'Wait for the member’s phone.'),
  requestCancelled: wording(409, 'This payment was called off.', 'Ask the till for a new one.'),
  requestAccepted: wording(409, 'This payment is already taken.', 'Nothing to do.'),
  tooManyRequests: wording(
    429,
    'This till has too many payments waiting.',
    'Finish or cancel some of them, then ask again.',
  ),

  // the chain and the house
  nothingToSettle: wording(422, 'Nobody owes anybody anything.', 'Nothing to do.'),
  chainRefused: wording(
    422,
    'The network did not accept this.',
    'Tell the owner of the shop; the reason is beside it.',
  ),
  unknownIntent: wording(404, 'I know nothing under that name.', 'Check the number.'),
  notOffered: wording(404, 'That is not offered here.', 'Nothing to do.'),
  unavailable: wording(503, 'The books cannot be reached right now.', 'Keep the receipt and send it again shortly.'),
} as const satisfies Record<string, Wording>

export type RefusalCode = keyof typeof wordings

export function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(wordings, code)
}

/** The wording of a stored code. A reason the chain learned after this file was written reads as the chain's. */
export function wordingOf(code: string): Wording {
  return isRefusalCode(code) ? wordings[code] : wordings.chainRefused
}

/** What a cashier can read aloud. */
export function sentenceFor(code: string): string {
  return wordingOf(code).sentence
}
