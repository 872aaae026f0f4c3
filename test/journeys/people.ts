import type { BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import type { Cast } from './screens.ts'
import { cookieOf, type Somebody } from './somebody.ts'

const people = z.object({
  members: z.array(z.object({ name: z.string(), address: z.string() })),
  tills: z.array(z.object({ shop: z.int(), till: z.int(), cashier: z.string() })),
  owners: z.array(z.object({ shop: z.int(), name: z.string() })),
})

export type People = z.infer<typeof people>

/** The demo people of a street, as it offers them. */
export async function peopleOf(url: string): Promise<People> {
  const answer = await fetch(new URL('/api/demo/people', url))
  return people.parse(await answer.json())
}

const known = z.object({ code: z.string(), balance: z.string() })

/** A stranger is told nothing about members; a cashier is. */
const cashier: Somebody = { role: 'till', id: '1/1' }

/** The code on a member's phone, and what they have. */
export async function memberAt(url: string, member: string): Promise<{ code: string; balance: bigint }> {
  const headers = { cookie: await cookieOf(url, cashier) }
  const answer = await fetch(new URL(`/api/v1/member/${member}`, url), { headers })
  const { code, balance } = known.parse(await answer.json())
  return { code, balance: BigInt(balance) }
}

/** Somebody's device, opened on the street. */
export type OpenSomebodys = (who: Somebody) => Promise<{ readonly context: BrowserContext; readonly page: Page }>

/** Steps into somebody's shoes. */
export async function enter(context: BrowserContext, { role, id }: Somebody): Promise<void> {
  const answer = await context.request.post('/api/demo/choose', { data: { role, id } })
  if (!answer.ok()) throw new Error(`nobody may come in as ${role} ${id}: ${await answer.text()}`)
}

const exported = z.object({ scores: z.array(z.unknown()) })

/** The first of these of whom shops keep figures; some of a street want none, and a young one has not looked yet. */
async function firstJudged(url: string, members: readonly string[]): Promise<Somebody> {
  for (let tries = 0; tries < 60; tries += 1) {
    for (const id of members) {
      const somebody: Somebody = { role: 'member', id }
      const headers = { cookie: await cookieOf(url, somebody) }
      const answer = await fetch(new URL('/member/you/export', url), { headers })
      if (exported.parse(await answer.json()).scores.length > 0) return somebody
    }
    await new Promise((later) => setTimeout(later, 1_000))
  }
  throw new Error('no shop keeps figures of any of these')
}

/** The first of each kind, and as shopper the one of the first ten who has most to show. */
export async function castOf(url: string): Promise<Cast> {
  const { members, tills, owners } = await peopleOf(url)
  const till = tills[0]
  const owner = owners[0]
  const quiet = owners.at(-1)
  if (!till || !owner || !quiet || members.length < 2) throw new Error('this street has no demo people')
  const first = await Promise.all(
    members.slice(0, 10).map(async ({ address }) => ({ address, ...(await memberAt(url, address)) })),
  )
  const [shopper, friend] = first.toSorted((a, b) => (a.balance > b.balance ? -1 : 1))
  if (!shopper || !friend) throw new Error('this street has no shoppers')
  return {
    shopper: { role: 'member', id: shopper.address },
    till: { role: 'till', id: `${till.shop}/${till.till}` },
    owner: { role: 'owner', id: `${owner.shop}` },
    quietOwner: { role: 'owner', id: `${quiet.shop}` },
    auditor: { role: 'auditor', id: '1' },
    judged: await firstJudged(
      url,
      first.map(({ address }) => address),
    ),
    friendCode: friend.code,
    ownCode: shopper.code,
  }
}
