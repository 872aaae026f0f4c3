import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { type Answer, post } from '#web/ui/ask.ts'
import { keepShift, type ShiftHere, shiftHere } from './shift.ts'
import { asking, type TillGround } from './till-ground.ts'

/** What the device said instead; nothing was done. */
const stopped = {
  is: 'refused',
  code: 'device',
  sentence: 'The device stopped there. Use the PIN.',
  facts: {},
} as const

/** Signs a cashier in by a passkey, which says itself whose it is. */
export async function signInByPasskey(ground: TillGround, rpId: string): Promise<Answer<ShiftHere>> {
  const { shop, till } = ground.place
  const answer = await withChallenge<ShiftHere>(async (challenge) => {
    const passkey = await startAuthentication({ optionsJSON: { challenge, rpId, userVerification: 'required' } })
    return await post('/api/v1/shifts/passkey', { shop, till, passkey }, asking(ground, null))
  })
  if (answer.is === 'given') await keepShift(ground, answer.value)
  return answer
}

/** Makes whoever is at the till a passkey for the next time. */
export async function keepPasskey(
  ground: TillGround,
  { rpId, shopName }: { readonly rpId: string; readonly shopName: string },
): Promise<Answer<unknown>> {
  const { shop, till } = ground.place
  const shift = await shiftHere(ground)
  if (shift === null) return stopped
  const words = `${shift.name} at ${shopName}`
  return await withChallenge(async (challenge) => {
    const passkey = await startRegistration({
      optionsJSON: {
        challenge,
        rp: { id: rpId, name: 'Highstreet' },
        user: { id: challenge, name: words, displayName: words },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
      },
    })
    return await post('/api/v1/cashiers/passkey', { shop, till, passkey }, asking(ground, shift.token))
  })
}

async function withChallenge<Value>(use: (challenge: string) => Promise<Answer<Value>>): Promise<Answer<Value>> {
  const asked = await post<{ challenge: string }>('/api/session/challenge', { purpose: 'cashier' })
  if (asked.is !== 'given') return asked
  try {
    return await use(asked.value.challenge)
  } catch {
    return stopped
  }
}
