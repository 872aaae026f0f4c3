import 'server-only'
import { zeroAddress } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { z } from 'zod'
import { type DemoKeys, demoKeys } from '#web/queries/people.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { beginSession, type Entry, type OpenedSession } from './session.ts'
import { type Hex, read } from './wire.ts'

/** The demo people with the keys their browsers sign with; only on a street that was opened for trying out. */
export function demoPeople(): DemoKeys | Refusal {
  return demoKeys() ?? refuse('notOffered')
}

const choice = z.object({
  role: z.enum(['member', 'till', 'owner', 'auditor']),
  id: z.string().max(64),
})

export type DemoChoice = z.output<typeof choice>

/** Steps into the shoes of one of the demo people, and of nobody else; the chain still has to bear them out. */
export async function stepInAsDemoPerson(
  input: unknown,
  { device, now = new Date() }: { readonly device: string; readonly now?: Date },
): Promise<{ readonly chosen: DemoChoice; readonly session: OpenedSession } | Refusal> {
  const asked = read(choice, input)
  if (isRefusal(asked)) return asked
  const people = demoKeys()
  if (people === null) return refuse('notOffered')
  const chosen = { role: asked.role, id: asked.id.toLowerCase() }
  const known = entryOf(people, chosen)
  if (known === null) return refuse('notOffered', chosen)
  return { chosen, session: await beginSession({ ...known, way: 'demo', device }, { now }) }
}

function entryOf(people: DemoKeys, { role, id }: DemoChoice): Pick<Entry, 'account' | 'person'> | null {
  if (role === 'auditor') return { account: zeroAddress, person: { role } }
  if (role === 'member') {
    const member = people.members.find(({ address }) => address === id)
    return member ? { account: member.address, person: { role, member: member.address } } : null
  }
  if (role === 'owner') {
    const owner = people.owners.find(({ shop }) => `${shop}` === id)
    return owner ? { account: owner.address, person: { role, shop: owner.shop } } : null
  }
  const stands = people.tills.find(({ shop, till }) => `${shop}/${till}` === id)
  if (!stands) return null
  const account = privateKeyToAddress(stands.privateKey).toLowerCase() as Hex
  return { account, person: { role, shop: stands.shop, till: stands.till } }
}
