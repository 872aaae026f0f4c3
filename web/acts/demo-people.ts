import 'server-only'
import { z } from 'zod'
import { type DemoKeys, demoKeys } from '#web/queries/people.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { read } from './wire.ts'

/** The demo people with the keys their browsers sign with; only on a street that was opened for trying out. */
export function demoPeople(): DemoKeys | Refusal {
  return demoKeys() ?? refuse('notOffered')
}

const choice = z.object({
  role: z.enum(['member', 'till', 'owner', 'auditor']),
  id: z.string().max(64),
})

export type DemoChoice = z.output<typeof choice>

/** Steps into the shoes of one of the demo people, and of nobody else. */
export function chooseDemoPerson(input: unknown): DemoChoice | Refusal {
  const chosen = read(choice, input)
  if (isRefusal(chosen)) return chosen
  const people = demoKeys()
  if (people === null) return refuse('notOffered')
  const id = chosen.id.toLowerCase()
  const known = {
    member: () => people.members.some((member) => member.address === id),
    till: () => people.tills.some(({ shop, till }) => `${shop}/${till}` === id),
    owner: () => people.owners.some(({ shop }) => `${shop}` === id),
    auditor: () => true,
  }
  return known[chosen.role]() ? { role: chosen.role, id } : refuse('notOffered', { role: chosen.role, id })
}
