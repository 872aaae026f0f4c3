import type { LivingStreet } from '#test/support/living-street.ts'
import { type Guard, only } from './guard.ts'

// What guards the routes about members' accounts. Anna and Ben come in by wallet here, so their accounts have no keys;
// what a passkey's member may do is in test/web/acts/account-orders.test.ts.

const order = { kind: 'Veto', recovery: 1, deadline: 1 } as const
const start = { kind: 'StartRecovery', x: `0x${'1'.repeat(64)}`, y: `0x${'2'.repeat(64)}`, recovery: 1, deadline: 1 }

export const accountGuards: Readonly<Record<string, Guard>> = {
  'POST /api/v1/operations': {
    by: 'signature',
    because: 'what an account does is signed by its passkey',
    attempts: [{ as: 'ben', what: 'brings an operation for Anna', body: annasOperation, told: 'unknownMember' }],
  },
  'POST /api/session/new-key': { by: 'nothing', because: 'keeps a passkey that is nobody’s yet, and lets nobody in' },
  'GET /api/session/new-key': {
    by: 'session',
    attempts: [
      ...only('unknownKeyRequest', 'nobody', 'anna', 'owner', 'till').map((one) => ({
        ...one,
        what: 'asks without being the device that waits',
      })),
    ],
  },
  'POST /api/member/account/prepare': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      { as: 'ben', what: 'comes by wallet', body: () => ({ kind: 'Veto' }), told: 'walletHasNoKeys' },
    ],
  },
  'POST /api/member/account/order': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'orders for Anna',
        body: (street) => ({ account: street.member(0).address, order, signature: '0x00' }),
        told: 'walletHasNoKeys',
      },
    ],
  },
  'POST /api/member/notices': {
    by: 'session',
    attempts: [
      ...only('notYours', 'nobody', 'owner', 'till'),
      {
        as: 'ben',
        what: 'has seen what happened to Anna',
        body: (street) => ({ member: street.member(0).address, upTo: '1:0' }),
        told: '{"upTo":"1:0"}',
      },
    ],
  },
  'GET /api/guardian/requests/[code]': {
    by: 'session',
    attempts: [
      ...only('notInside', 'nobody').map((one) => ({ ...one, params: { code: 'BBBBBBBB' } })),
      { as: 'ben', what: 'guesses a code', params: { code: 'BBBBBBBB' }, told: 'unknownKeyRequest' },
    ],
  },
  'POST /api/guardian/prepare': {
    by: 'session',
    attempts: [
      ...only('notInside', 'nobody', 'till'),
      {
        as: 'ben',
        what: 'wants to begin a change of Anna’s key',
        body: (street) => ({ code: 'BBBBBBBB', member: street.member(0).address }),
        told: 'notGuardian',
      },
    ],
  },
  'POST /api/guardian/start': {
    by: 'session',
    attempts: [
      ...only('notInside', 'nobody', 'till'),
      {
        as: 'owner',
        what: 'begins a change of Anna’s key',
        body: (street) => ({ code: 'BBBBBBBB', member: street.member(0).address, order: start, signature: '0x00' }),
        told: 'notGuardian',
      },
    ],
  },
}

function annasOperation(street: LivingStreet): object {
  const limits = { callGasLimit: '1', verificationGasLimit: '1', preVerificationGas: '1' }
  const free = { maxFeePerGas: '0', maxPriorityFeePerGas: '0' }
  const operation = { sender: street.member(0).address, nonce: '0', callData: '0x8dd7712f', ...limits, ...free }
  return { operation: { ...operation, signature: '0x00' } }
}
