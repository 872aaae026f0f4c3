import { type Address, getAddress, type Hex } from 'viem'
import { createSiweMessage } from 'viem/siwe'
import { post } from '../ask.ts'
import { type CameIn, outBy } from './passkey-entry.ts'

const SENTENCE_SECONDS = 300

/** In by one sentence (EIP-4361) that the key of an account signs; it moves nothing. */
export async function comeInBySentence({
  account,
  origin,
  chainId,
  role,
  sign,
}: {
  readonly account: Address
  readonly origin: string
  readonly chainId: number
  readonly role: 'member' | 'owner' | 'till'
  readonly sign: (message: string) => Promise<Hex>
}): Promise<CameIn<{ role: string }>> {
  const asked = await post<{ challenge: string }>('/api/session/challenge', { purpose: 'wallet' })
  if (asked.is !== 'given') return outBy(asked)
  const issuedAt = new Date()
  const message = createSiweMessage({
    domain: new URL(origin).host,
    address: getAddress(account),
    statement: 'Open my place on Highstreet. This moves nothing.',
    uri: origin,
    version: '1',
    chainId,
    nonce: asked.value.challenge,
    issuedAt,
    expirationTime: new Date(issuedAt.getTime() + SENTENCE_SECONDS * 1000),
  })
  const signature = await sign(message)
  const answer = await post<{ role: string }>('/api/session/wallet', { message, signature, as: { role } })
  return answer.is === 'given' ? { is: 'in', value: answer.value } : outBy(answer)
}
