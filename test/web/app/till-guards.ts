import type { LivingStreet } from '#test/support/living-street.ts'
import { secondsNow, signedPayment, signedTransfer, TillHand } from '#test/support/till-hand.ts'
import { type Attempt, type Comer, type Guard, only } from './guard.ts'

const oneOf = <Value>(list: readonly Value[], index: number): Value => {
  const found = list[index]
  if (found === undefined) throw new Error(`there is no ${index}`)
  return found
}

/** What comes in the name of shop 2: to nobody's till but its own, nor without being at a till at all. */
const forTheShop = (body: () => object): Guard => ({
  by: 'session',
  attempts: [
    ...(['nobody', 'anna', 'owner', 'till'] as const).map((as): Attempt => {
      return { as, what: 'asks in the name of the shop next door', body, told: 'apiKeyNeeded' }
    }),
  ],
})

/** The same of what a till's screen may not ask even of its own shop. */
const forTheBooks = (body: () => object): Guard => ({
  by: 'session',
  attempts: [
    ...(['nobody', 'anna', 'owner'] as const).map((as): Attempt => {
      return { as, what: 'asks about the shop next door', body, told: 'apiKeyNeeded' }
    }),
    { as: 'till', what: 'asks for its own shop', body: () => ({ ...body(), shop: 1 }), told: 'notTheOwner' },
  ],
})

const ofAFile: Guard = {
  by: 'session',
  attempts: [...only('apiKeyNeeded', 'nobody', 'anna'), ...only('notTheOwner', 'till')].map((one) => {
    return { ...one, params: { file: 'ab'.repeat(32) } }
  }),
}

const forTheId = (told: string, ...who: Comer[]): Attempt[] =>
  only(told, ...who).map((one) => ({ ...one, params: { id: '1' } }))

/** What undoes something of shop 2's, under a signature that no till of theirs made. */
const undoing = (what: 'purchase' | 'payment', more: object = {}): object => ({
  ...{ shop: 2, till: 1, [what]: { till: 1, sequence: '1' }, deadline: secondsNow() + 600, ...more },
  signature: `0x${'11'.repeat(65)}`,
})

/** A purchase at shop 1 that shop 2's till has signed. */
async function wrongTill(street: LivingStreet): Promise<object> {
  const { network } = street
  const key = oneOf(network.shops, 1).till
  return await new TillHand(network, oneOf(network.shops, 0), { key }).ring({ member: street.member(0).address })
}

/** Anna's points, as Ben would sign for them. */
async function othersPoints(street: LivingStreet) {
  const shop = oneOf(street.network.shops, 0)
  const thief = { address: street.member(0).address, signTypedData: street.member(1).signTypedData }
  const lines = [{ token: shop.token, points: 100n }]
  const payment = await signedPayment(street.network, shop, { member: thief, sequence: 9n, lines })
  const to = street.member(1).address
  const gift = await signedTransfer(street.network, shop, { from: thief, to, points: 100n, nonce: secondsNow() })
  return { payment, gift }
}

const approvalOf = async (street: LivingStreet) => {
  const { item } = (await othersPoints(street)).payment
  return { member: item.member, deadline: item.deadline, lines: item.lines, signature: item.signature }
}

/** What guards each route of the till API. */
export const tillGuards: Readonly<Record<string, Guard>> = {
  'POST /api/v1/issue': {
    by: 'signature',
    because: 'a till signs every sale',
    attempts: [{ as: 'owner', what: 'gives with another shop’s key', body: wrongTill, told: 'badTillSignature' }],
  },
  'POST /api/v1/redeem': {
    by: 'signature',
    because: 'member and till both sign a payment',
    attempts: [
      {
        as: 'ben',
        what: 'pays with Anna’s points',
        body: async (s) => (await othersPoints(s)).payment,
        told: 'badSig',
      },
    ],
  },
  'POST /api/v1/transfer': {
    by: 'signature',
    because: 'whoever sends signs',
    attempts: [
      {
        as: 'ben',
        what: 'sends himself Anna’s points',
        body: async (s) => (await othersPoints(s)).gift,
        told: 'badSig',
      },
    ],
  },
  'POST /api/v1/requests/[code]/approve': {
    by: 'signature',
    because: 'whoever pays signs',
    attempts: [
      { as: 'ben', what: 'approves for Anna', params: { code: 'REQUEST' }, body: approvalOf, told: 'badSignature' },
    ],
  },
  'POST /api/v1/requests/[code]/accept': {
    by: 'signature',
    because: 'the till that asked signs',
    attempts: [
      {
        as: 'ben',
        what: 'accepts what nobody approved',
        params: { code: 'REQUEST' },
        body: () => ({ acceptance: `0x${'11'.repeat(65)}` }),
        told: 'requestNotApproved',
      },
    ],
  },
  'POST /api/v1/reverse': {
    by: 'signature',
    because: 'a till signs what is taken back',
    attempts: [
      {
        as: 'owner',
        what: 'takes back what no till of theirs agreed to',
        body: () => undoing('purchase', { before: '0', points: '1', taken: '1', debt: '0' }),
        told: 'badTillSignature',
      },
    ],
  },
  'POST /api/v1/refund': {
    by: 'signature',
    because: 'a till signs what is given back',
    attempts: [
      {
        as: 'owner',
        what: 'gives back what no till of theirs agreed to',
        body: () => undoing('payment', { before: ['0'], points: ['1'] }),
        told: 'badTillSignature',
      },
    ],
  },

  // A key of the shop's programs, or the shop's own screens, and what belongs to that shop alone.
  'POST /api/v1/requests': forTheShop(() => ({ shop: 2, till: 1, points: '100', purpose: 0 })),
  'POST /api/v1/quote': forTheShop(() => ({ shop: 2, till: 1, spend: '100' })),
  'POST /api/v1/reverse/quote': forTheShop(() => undoing('purchase')),
  'POST /api/v1/refund/quote': forTheShop(() => undoing('payment')),
  'POST /api/v1/shifts': forTheShop(() => ({ shop: 2, till: 1, cashier: 1, pin: '1234' })),
  'POST /api/v1/shifts/passkey': forTheShop(() => ({ shop: 2, till: 1, passkey: {} })),
  'POST /api/v1/cashiers/passkey': forTheShop(() => ({ shop: 2, till: 1, passkey: {} })),
  'GET /api/v1/tills/[shop]/[till]/next': {
    by: 'session',
    attempts: [...only('apiKeyNeeded', 'nobody', 'anna', 'owner', 'till')].map((one) => ({
      ...one,
      params: { shop: '2', till: '1' },
    })),
  },
  'DELETE /api/v1/shifts': {
    by: 'session',
    attempts: [...only('apiKeyNeeded', 'nobody', 'anna'), ...only('shiftNeeded', 'owner')],
  },
  'GET /api/v1/happenings': { by: 'session', attempts: only('apiKeyNeeded', 'nobody', 'anna') },
  'GET /api/v1/webhooks': { by: 'session', attempts: only('apiKeyNeeded', 'nobody', 'anna') },
  'POST /api/v1/webhooks': { by: 'session', attempts: only('apiKeyNeeded', 'nobody', 'anna') },
  'POST /api/v1/webhooks/[id]': { by: 'session', attempts: forTheId('apiKeyNeeded', 'nobody', 'anna') },
  'DELETE /api/v1/webhooks/[id]': { by: 'session', attempts: forTheId('apiKeyNeeded', 'nobody', 'anna') },
  'POST /api/v1/keys/rotate': { by: 'session', attempts: only('apiKeyNeeded', 'nobody', 'anna', 'owner', 'till') },
  'GET /api/v1/keys': { by: 'session', attempts: only('notTheOwner', 'nobody', 'anna', 'till') },
  'POST /api/v1/keys': {
    by: 'session',
    attempts: [
      ...only('notTheOwner', 'nobody', 'anna', 'till'),
      {
        as: 'owner',
        what: 'makes one for the shop next door',
        body: () => ({ shop: 2, name: 'x' }),
        told: 'wrongShop',
      },
    ],
  },
  'DELETE /api/v1/keys/[id]': { by: 'session', attempts: forTheId('notTheOwner', 'nobody', 'anna', 'till') },
  'POST /api/v1/cashiers': {
    by: 'session',
    attempts: [
      ...only('notTheOwner', 'nobody', 'anna', 'till'),
      {
        as: 'owner',
        what: 'hires for the shop next door',
        body: () => ({ shop: 2, cashier: 1, name: 'x', pin: '1234' }),
        told: 'wrongShop',
      },
    ],
  },
  'DELETE /api/v1/cashiers/[cashier]': {
    by: 'session',
    attempts: [...only('notTheOwner', 'nobody', 'anna', 'till'), ...only('unknownCashier', 'owner')].map((one) => ({
      ...one,
      params: { cashier: '9' },
    })),
  },
  'POST /api/v1/keys/[id]': {
    by: 'session',
    attempts: [...forTheId('notTheOwner', 'nobody', 'anna', 'till'), ...forTheId('unknownKey', 'owner')],
  },
  'GET /api/v1/unpaid': { by: 'session', attempts: only('apiKeyNeeded', 'nobody', 'anna') },
  'POST /api/v1/unpaid/paid': forTheShop(() => ({ shop: 2, till: 1, payment: { till: 1, sequence: '1' } })),
  'GET /api/v1/member/[code]': {
    by: 'session',
    attempts: [{ as: 'nobody', what: 'leafs through codes', params: { code: 'BBBBBBB' }, told: 'apiKeyNeeded' }],
  },
  // A shop's books: its program or its owner, not a till's screen.
  'POST /api/v1/imports/check': forTheBooks(() => ({ shop: 2, till: 1, name: 'x', csv: '' })),
  'POST /api/v1/imports': forTheBooks(() => ({ shop: 2, till: 1, name: 'x', csv: '' })),
  'GET /api/v1/imports/[file]': ofAFile,
  'GET /api/v1/imports/[file]/next': ofAFile,
  'GET /api/v1/export': {
    by: 'session',
    attempts: [...only('apiKeyNeeded', 'nobody', 'anna'), ...only('notTheOwner', 'till')],
  },

  'POST /api/v1/cards': forTheBooks(() => ({ shop: 2, cards: [] })),
  'GET /api/v1/cards/[card]': {
    by: 'session',
    attempts: only('apiKeyNeeded', 'nobody').map((one) => ({ ...one, params: { card: `0x${'11'.repeat(20)}` } })),
  },
  'POST /api/v1/cards/claim': {
    by: 'session',
    attempts: [
      ...only('notInside', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'claims Anna’s account as if it were a card',
        body: async (street) => {
          const { gift } = await othersPoints(street)
          return { card: gift.from, transfers: [gift] }
        },
        told: 'badSignature',
      },
    ],
  },

  'GET /api/v1/docs': { by: 'nothing', because: 'explains the till API' },
  'GET /api/v1/openapi.json': { by: 'nothing', because: 'explains the till API to programs' },
  // A payment is known only by the code that till and shopper have before them.
  'POST /api/v1/requests/[code]/cancel': { by: 'nothing', because: 'whoever was told the code may call it off' },
  'GET /api/v1/requests/[code]': {
    by: 'session',
    attempts: (['nobody', 'ben', 'owner', 'till'] as const).map((as) => {
      const told = as === 'ben' ? '"available":"0"' : '"proposal":null'
      return {
        as,
        what: 'asks which of Anna’s points would pay',
        params: { code: 'REQUEST' },
        query: 'member=ANNA',
        told,
      }
    }),
  },
  'GET /api/v1/intents/[shop]/[key]': { by: 'nothing', because: 'says how far a wish is, as the chain does' },
  'POST /api/v1/settle': { by: 'nothing', because: 'anybody may have everybody paid (N-14)' },
}
