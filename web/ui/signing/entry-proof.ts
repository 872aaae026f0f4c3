import { type Address, type Hex, verifyMessage } from 'viem'

// Without demo people somebody shows who they are by signing one sentence. The sentence with its signature is the
// ticket: it is checked on every visit, so the portal keeps no list of who is inside.

export interface EntryProof {
  readonly account: Address
  /** Seconds UTC. */
  readonly until: number
  readonly signature: Hex
}

export const ENTRY_SECONDS = 12 * 3600

export function entrySentence(origin: string, until: number): string {
  return `Open my place on Highstreet at ${origin} until ${new Date(until * 1000).toISOString()}.`
}

export function writeProof({ account, until, signature }: EntryProof): string {
  return `${account}.${until}.${signature}`
}

/** Who the ticket lets in, or null: not written by that account, for another portal, or run out. */
export async function accountProved(ticket: string, origin: string, nowSeconds: number): Promise<Address | null> {
  const match = /^(0x[0-9a-fA-F]{40})\.(\d{9,11})\.(0x[0-9a-fA-F]{130})$/.exec(ticket)
  if (!match) return null
  const [, account, digits, signature] = match as unknown as [string, Address, string, Hex]
  const until = Number(digits)
  if (until < nowSeconds || until > nowSeconds + ENTRY_SECONDS + 60) return null
  const valid = await verifyMessage({ address: account, message: entrySentence(origin, until), signature }).catch(
    () => false,
  )
  return valid ? (account.toLowerCase() as Address) : null
}
