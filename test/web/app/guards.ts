import type { LivingStreet } from '#test/support/living-street.ts'
import { accountGuards } from './account-guards.ts'
import { type Guard, only } from './guard.ts'
import { ownerGuards } from './owner-guards.ts'
import { tillGuards } from './till-guards.ts'

// What guards each route of the portal. A route that is not here has nobody who thought of it, and the test says so.

const picture = { by: 'nothing', because: 'draws the code that the address itself holds' } as const

export const guards: Readonly<Record<string, Guard>> = {
  'GET /api/health': { by: 'nothing', because: 'says how far the mirror is' },
  'GET /audit/fairness': { by: 'nothing', because: 'says what the auditor’s page says, which anybody may read' },
  'GET /api/demo/people': { by: 'nothing', because: 'is not there but on a street of demo people' },
  'POST /api/demo/choose': { by: 'nothing', because: 'lets nobody in but on a street of demo people' },
  'POST /api/session/challenge': { by: 'nothing', because: 'gives a number that says nothing' },
  'POST /api/session/join': { by: 'nothing', because: 'makes an account that nobody has yet' },
  'POST /api/session/passkey': { by: 'nothing', because: 'lets in whoever holds the passkey' },
  'POST /api/session/wallet': { by: 'nothing', because: 'lets in whoever holds the account' },
  'POST /api/session/place': {
    by: 'session',
    attempts: [
      ...only(401, 'nobody').map((one) => ({ ...one, body: () => ({ shop: 1 }) })),
      ...only('notTheOwner', 'anna', 'till').map((one) => ({ ...one, body: () => ({ shop: 1 }) })),
      { as: 'owner', what: 'sits down next door', body: () => ({ shop: 2 }), told: 'notYourPlace' },
    ],
  },
  'GET /till/picture/[code]': picture,
  'GET /till/invitation/[code]': picture,

  'POST /api/session/end': {
    by: 'session',
    attempts: [
      ...only(401, 'nobody'),
      { as: 'ben', what: 'ends a device of Anna’s', body: annasDevice, told: '"ended":0' },
    ],
  },
  'POST /api/member/consents': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'decides for Anna',
        body: (street) => ({ member: street.member(0).address, purpose: 'greeting', given: true }),
        told: '{"purpose":"greeting","given":true}',
      },
    ],
  },
  'POST /api/member/name': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'names Anna',
        body: (street) => ({ member: street.member(0).address, name: 'Thief' }),
        told: '{"name":"Thief"}',
      },
    ],
  },
  'POST /api/member/survey': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'answers for Anna',
        body: (street) => ({ member: street.member(0).address, mood: 'planet', mind: null, recommend: [] }),
        told: '{"mood":"planet","mind":null,"recommend":[]}',
      },
    ],
  },
  'GET /api/member/score': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      { as: 'ben', what: 'asks for Anna’s', query: 'shop=1&member=ANNA', told: 'nothingFixed' },
    ],
  },
  'POST /api/shop/goal': {
    by: 'session',
    attempts: [
      ...only('notYourPlace', 'nobody', 'anna', 'till'),
      {
        as: 'owner',
        what: 'sets one for the shop next door',
        body: () => ({ shop: 2, goal: { percent: 15, months: 6 } }),
        told: '{"goal":{"percent":15',
      },
    ],
  },
  'POST /api/member/keys/name': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'names a device of Anna’s',
        body: (street) => ({ member: street.member(0).address, key: `0x${'11'.repeat(32)}`, name: 'Mine' }),
        told: 'unknownAccountKey',
      },
    ],
  },
  'GET /member/you/export': {
    by: 'session',
    attempts: [
      ...only(403, 'nobody', 'owner', 'till'),
      { as: 'ben', what: 'asks for Anna', query: 'member=ANNA', told: 'BEN' },
    ],
  },
  'GET /shop/members/export': {
    by: 'session',
    attempts: [
      ...only(403, 'nobody', 'anna', 'till'),
      { as: 'owner', what: 'asks for the shop next door', query: 'shop=2', told: 'members-of-shop-1.csv' },
    ],
  },
  'POST /api/invitations': {
    by: 'session',
    attempts: [
      ...only('notYourPlace', 'nobody', 'anna', 'owner'),
      {
        as: 'till',
        what: 'asks in the name of the shop next door',
        body: () => ({ shop: 2, till: 1, points: '1', spend: '1' }),
        told: '"code"',
      },
    ],
  },
  'GET /api/invitations/[code]': {
    by: 'session',
    attempts: [
      ...only('notYourPlace', 'nobody', 'anna', 'owner').map((one) => ({ ...one, params: { code: 'BBBBBB' } })),
      { as: 'till', what: 'asks for another till’s', params: { code: 'BBBBBB' }, told: 'unknownInvitation' },
    ],
  },

  'GET /shop/outlook/export': {
    by: 'session',
    attempts: [
      ...only(403, 'nobody', 'anna', 'till'),
      { as: 'owner', what: 'asks for the shop next door', query: 'shop=2', told: 'outlook-of-shop-1.csv' },
    ],
  },

  'GET /board/export': {
    by: 'session',
    attempts: [
      ...only(403, 'nobody', 'anna', 'till'),
      { as: 'owner', what: 'saves the board’s table', told: 'the-board.csv' },
    ],
  },

  'GET /shop/offers/export': {
    by: 'session',
    attempts: [
      ...only(403, 'nobody', 'anna', 'till'),
      { as: 'owner', what: 'asks for the shop next door', query: 'shop=2', told: 'offers-of-shop-1.csv' },
    ],
  },

  ...accountGuards,
  ...ownerGuards,
  ...tillGuards,
}

async function annasDevice(street: LivingStreet): Promise<object> {
  const { rows } = await street.web.query<{ name: string }>(
    `SELECT encode(substring(s.token_hash FOR 8), 'hex') AS name FROM portal.session s WHERE s.account = $1`,
    [Buffer.from(street.member(0).address.slice(2), 'hex')],
  )
  return { which: 'other', device: rows[0]?.name ?? '' }
}

/** Who may see a page's own content; everybody else is shown the door. */
export const pages: Readonly<Record<string, 'anybody' | 'member' | 'owner' | 'till'>> = {
  '/': 'anybody',
  '/join': 'anybody',
  '/audit': 'anybody',
  '/board': 'owner',
  '/new-device': 'anybody',
  '/member': 'member',
  '/member/keys': 'member',
  '/member/help': 'member',
  '/shop/help': 'owner',
  '/member/pay': 'member',
  '/member/send': 'member',
  '/member/you': 'member',
  '/till': 'till',
  '/till/offline': 'anybody',
  '/shop': 'owner',
  '/card': 'member',
  '/shop/cards': 'owner',
  '/shop/members': 'owner',
  '/shop/outlook': 'owner',
  '/shop/offers': 'owner',
  '/shop/tills': 'owner',
  '/shop/past-sales': 'owner',
}
