import 'server-only'
import { cookies } from 'next/headers'
import { cache } from 'react'
import { type Address, network } from '#web/queries/network.ts'
import { shopDesk } from '#web/queries/shop-desk.ts'
import { tillDesk } from '#web/queries/till-desk.ts'
import { accountProved } from '#web/ui/signing/entry-proof.ts'

/** Who stands before the screen. */
export type Person =
  | { readonly role: 'member'; readonly member: Address }
  | { readonly role: 'till'; readonly shop: number; readonly till: number }
  | { readonly role: 'owner'; readonly shop: number }
  | { readonly role: 'auditor' }

/** What the cookie says, or null where it says nothing that makes sense. */
export function readPerson(cookie: string | undefined): Person | null {
  const [role, id = ''] = (cookie ?? '').split(':')
  const digits = /^[1-9]\d{0,8}$/
  if (role === 'member' && /^0x[0-9a-fA-F]{40}$/.test(id)) {
    return { role, member: id.toLowerCase() as Address }
  }
  if (role === 'till') {
    const [shop = '', till = ''] = id.split('/')
    return digits.test(shop) && digits.test(till) ? { role, shop: Number(shop), till: Number(till) } : null
  }
  if (role === 'owner' && digits.test(id)) return { role, shop: Number(id) }
  return role === 'auditor' ? { role } : null
}

/**
 * On a street of demo people the cookie is enough: everybody may be anybody. Elsewhere it must come with a proof by the
 * account it stands for: the member's own, the shop's owner's, the till's key.
 */
export const person = cache(async (): Promise<Person | null> => {
  const jar = await cookies()
  const claimed = readPerson(decoded(jar.get('person')?.value ?? ''))
  const { demo, publicOrigin } = network()
  if (!claimed || demo || claimed.role === 'auditor') return claimed
  const ticket = jar.get('proof')?.value ?? ''
  const account = await accountProved(ticket, publicOrigin, Math.floor(Date.now() / 1000))
  return account !== null && account === (await accountOf(claimed)) ? claimed : null
})

/** A cookie anybody may write: where it cannot be decoded it says nothing. */
function decoded(cookie: string): string {
  try {
    return decodeURIComponent(cookie)
  } catch {
    return ''
  }
}

async function accountOf(claimed: Exclude<Person, { role: 'auditor' }>): Promise<Address | null> {
  if (claimed.role === 'member') return claimed.member
  if (claimed.role === 'owner') return (await shopDesk(claimed.shop))?.profile.owner ?? null
  return (await tillDesk(claimed.shop, claimed.till))?.key ?? null
}
