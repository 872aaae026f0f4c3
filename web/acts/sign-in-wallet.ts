import 'server-only'
import { hashMessage } from 'viem'
import { verifyHash } from 'viem/actions'
import { parseSiweMessage } from 'viem/siwe'
import { z } from 'zod'
import { network } from '#web/queries/network.ts'
import { chain } from './chain.ts'
import { spendChallenge } from './challenge.ts'
import { entryPlace, personAs } from './entry-place.ts'
import { codeOfMember } from './member-profile.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { beginSession, type OpenedSession, type Person } from './session.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read, signature } from './wire.ts'

export const walletEntry = z.object({
  /** EIP-4361, as the wallet showed it. */
  message: z.string().min(1).max(2_048),
  signature,
  as: entryPlace,
})

/** Longer than this a sentence of one wallet may not be good for. */
const mostSeconds = 600
const clockSkewSeconds = 60

/**
 * Lets in whoever holds an account: by its key, by the account's own answer (ERC-1271), or by the answer it will give
 * once it is deployed (ERC-6492). Which places are theirs the mirror of the chain says.
 */
export async function signInByWallet(
  input: unknown,
  { device, now = new Date() }: { readonly device: string; readonly now?: Date },
): Promise<{ readonly person: Person; readonly session: OpenedSession } | Refusal> {
  const request = read(walletEntry, input)
  if (isRefusal(request)) return request
  const said = parseSiweMessage(request.message)
  const complaint = complaintAbout(said, now)
  if (complaint !== null) return refuse('badEntry', { complaint })
  const account = said.address?.toLowerCase() as Hex
  const spent = await spendChallenge(Buffer.from(said.nonce ?? '', 'hex'), 'wallet', now)
  if (spent) return spent
  const hash = hashMessage(request.message)
  if (!(await verifyHash(chain(), { address: account, hash, signature: request.signature, mode: 'eoa' }))) {
    return refuse('badEntry', { complaint: 'the signature is not of that account' })
  }
  const person = await personAs(account, request.as)
  if (isRefusal(person)) return person
  return await inTransaction(async (client) => {
    if (person.role === 'member') await codeOfMember(client, account, now)
    return { person, session: await beginSession({ account, person, way: 'wallet', device }, { now, client }) }
  })
}

type Said = ReturnType<typeof parseSiweMessage>

/** What is not as this portal's own page writes it; null where nothing is. */
function complaintAbout(said: Said, now: Date): string | null {
  const { publicOrigin, chainId } = network()
  if (!/^0x[0-9a-fA-F]{40}$/.test(said.address ?? '')) return 'it names no account'
  if (said.domain !== new URL(publicOrigin).host) return 'it is meant for another site'
  if (said.scheme !== undefined && `${said.scheme}:` !== new URL(publicOrigin).protocol) {
    return 'it is meant for another site'
  }
  if (said.uri === undefined || originOf(said.uri) !== publicOrigin) return 'it is meant for another address'
  if (said.version !== '1') return 'it is of another version'
  if (said.chainId !== chainId) return 'it is meant for another chain'
  if (!/^[0-9a-f]{64}$/.test(said.nonce ?? '')) return 'its number is none of this portal’s'
  const { issuedAt, expirationTime, notBefore } = said
  if (issuedAt === undefined || expirationTime === undefined) return 'it does not say when it ends'
  if (Number.isNaN(issuedAt.getTime()) || Number.isNaN(expirationTime.getTime())) return 'its times cannot be read'
  if (expirationTime <= now) return 'it has run out'
  if (expirationTime.getTime() - issuedAt.getTime() > mostSeconds * 1000) return 'it lasts too long'
  const soon = now.getTime() + clockSkewSeconds * 1000
  if (issuedAt.getTime() > soon || (notBefore !== undefined && !(notBefore.getTime() <= soon)))
    return 'it is not valid yet'
  return null
}

function originOf(address: string): string | null {
  try {
    return new URL(address).origin
  } catch {
    return null
  }
}
