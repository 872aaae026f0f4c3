import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { type Answer, post, UNREACHABLE_SENTENCE } from '../ask.ts'

/** What came of trying to come in. */
export type CameIn<Value> =
  | { readonly is: 'in'; readonly value: Value }
  /** `code` is the portal's, or `device` where the device itself did not go through with it. */
  | { readonly is: 'out'; readonly code: string; readonly sentence: string }

/** In by a passkey that is on this device or on one near it; nothing has to be typed. */
export async function comeInByPasskey(
  rpId: string,
  role: 'member' | 'owner' = 'member',
): Promise<CameIn<{ role: string }>> {
  return await withChallenge('passkey', async (challenge) => {
    const passkey = await startAuthentication({ optionsJSON: { challenge, rpId, userVerification: 'required' } })
    return await post('/api/session/passkey', { passkey, as: { role } })
  })
}

/** Makes a passkey that can be found again without a name, and joins with it. */
export async function joinByPasskey(
  rpId: string,
  chosen: { readonly trustedShop: number | null; readonly invitation: string | null },
): Promise<CameIn<{ member: string; code: string }>> {
  return await withChallenge('join', async (challenge) => {
    const passkey = await madePasskey(rpId, challenge, [])
    return await post('/api/session/join', { passkey, ...chosen })
  })
}

/** Makes a passkey on this device, which then waits under a code until somebody takes it into an account. */
export async function waitWithNewPasskey(
  rpId: string,
  /** Passkeys of whoever is inside, where known: a device that has one of them makes no other. */
  known: readonly string[],
): Promise<CameIn<{ code: string }>> {
  return await withChallenge('newKey', async (challenge) => {
    const passkey = await madePasskey(rpId, challenge, known)
    return await post('/api/session/new-key', { passkey })
  })
}

async function madePasskey(rpId: string, challenge: string, known: readonly string[]) {
  return await startRegistration({
    optionsJSON: {
      challenge,
      rp: { id: rpId, name: 'Highstreet' },
      // The device keeps the challenge as the owner's number: nobody's name is needed.
      user: { id: challenge, name: 'Highstreet', displayName: 'Your points on Highstreet' },
      // P-256, the one kind that the contracts can read.
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      excludeCredentials: known.map((id) => ({ id, type: 'public-key' })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
    },
  })
}

async function withChallenge<Value>(
  purpose: 'join' | 'passkey' | 'newKey',
  use: (challenge: string) => Promise<Answer<Value>>,
): Promise<CameIn<Value>> {
  const asked = await post<{ challenge: string }>('/api/session/challenge', { purpose })
  if (asked.is !== 'given') return outBy(asked)
  try {
    const answer = await use(asked.value.challenge)
    return answer.is === 'given' ? { is: 'in', value: answer.value } : outBy(answer)
  } catch (problem) {
    return { is: 'out', code: 'device', sentence: deviceSentence(problem) }
  }
}

/** An answer that let nobody in, as what came of it. */
export const outBy = (answer: Exclude<Answer<unknown>, { is: 'given' }>): CameIn<never> =>
  answer.is === 'refused'
    ? { is: 'out', code: answer.code, sentence: answer.sentence }
    : { is: 'out', code: 'unreachable', sentence: UNREACHABLE_SENTENCE }

function deviceSentence(problem: unknown): string {
  const name = problem instanceof Error ? problem.name : ''
  if (name === 'NotAllowedError' || name === 'AbortError') return 'Your device stopped there. Nothing was done.'
  if (name === 'SecurityError') return 'Passkeys work at the portal’s own address only. Please open it there.'
  if (name === 'InvalidStateError') return 'This device has a passkey for the street already. Open with it.'
  if (/not supported/.test(problem instanceof Error ? problem.message : '')) {
    return 'This browser knows no passkeys. The browser your phone came with does.'
  }
  return 'Your device could not do that. Please try again.'
}
