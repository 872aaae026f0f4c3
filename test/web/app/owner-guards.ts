import { secondsNow } from '#test/support/till-hand.ts'
import { type Guard, only } from './guard.ts'

const signature = `0x${'11'.repeat(65)}`
const batch = { firstSequence: '1', count: 1, head: `0x${'22'.repeat(32)}` }

/** About shop 2: its own owner alone, whoever brings a signature. */
const ofTheOwner = (what: string, about: object): Guard => {
  const body = () => ({ shop: 2, ...about })
  return {
    by: 'session',
    attempts: [
      ...only('notTheOwner', 'nobody', 'anna', 'till').map((one) => ({ ...one, body })),
      { as: 'owner', what: `${what} next door`, body, told: 'wrongShop' },
    ],
  }
}

/** What an owner posts about their own shop. */
export const ownerGuards: Readonly<Record<string, Guard>> = {
  'POST /api/v1/unpaid/settled': ofTheOwner('lets somebody off', {
    payment: { till: 1, sequence: '1' },
    how: 'waived',
  }),
  'POST /api/v1/countersign': ofTheOwner('confirms sales', { till: 1, batch, signature }),
  'POST /api/v1/countersign/declined': ofTheOwner('declines sales', { till: 1, batch }),
  'POST /api/v1/tills/off': ofTheOwner('switches a till off', {
    till: 1,
    deadline: `${secondsNow() + 3_600}`,
    signature,
  }),
}
