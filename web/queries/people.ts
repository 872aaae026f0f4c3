import 'server-only'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigurationError, config } from './config.ts'
import { type Address, network } from './network.ts'

export interface DemoPeople {
  readonly members: readonly { readonly name: string; readonly address: Address }[]
  readonly tills: readonly { readonly shop: number; readonly till: number; readonly cashier: string }[]
  readonly owners: readonly { readonly shop: number; readonly name: string; readonly address: Address }[]
  readonly auditor: { readonly name: string }
}

export type PrivateKey = `0x${string}`

/** What a demo person's browser signs with. Only the demo route hands it out; nothing on the server signs with it. */
export interface DemoKeys {
  readonly members: readonly (DemoPeople['members'][number] & { readonly privateKey: PrivateKey })[]
  readonly tills: readonly (DemoPeople['tills'][number] & { readonly privateKey: PrivateKey })[]
  readonly owners: readonly (DemoPeople['owners'][number] & { readonly privateKey: PrivateKey })[]
  /** Keys of past sales, which their owners' browsers hold. */
  readonly imports: readonly { readonly shop: number; readonly till: number; readonly privateKey: PrivateKey }[]
  readonly auditor: { readonly name: string }
}

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase() as Address)
const privateKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => text as PrivateKey)
const number = z.int().positive()

const file = z.object({
  members: z.array(z.object({ name: z.string(), address, privateKey })),
  tills: z.array(z.object({ shop: number, till: number, cashier: z.string(), privateKey })),
  owners: z.array(z.object({ shop: number, name: z.string(), address, privateKey })),
  imports: z.array(z.object({ shop: number, till: number, privateKey })).default([]),
  auditor: z.object({ name: z.string() }),
})

/** @throws ConfigurationError without a word of the file's content, which is secret. */
export function readDemoKeys(path: string): DemoKeys {
  try {
    return file.parse(JSON.parse(readFileSync(/* turbopackIgnore: true */ path, 'utf8')))
  } catch {
    throw new ConfigurationError('DEMO_PEOPLE_FILE', `names a file that does not list demo people: ${path}`)
  }
}

let known: DemoKeys | undefined

/** null where no demo people are offered. For the demo route alone: a page never needs a key. */
export function demoKeys(): DemoKeys | null {
  const path = config().demoPeopleFile
  if (path === null || !network().demo) return null
  known ??= readDemoKeys(path)
  return known
}

/** The demo people without their keys; null where none are offered. */
export function people(): DemoPeople | null {
  const keys = demoKeys()
  return keys && withoutKeys(keys)
}

export function withoutKeys(keys: DemoKeys): DemoPeople {
  return {
    members: keys.members.map(({ name, address }) => ({ name, address })),
    tills: keys.tills.map(({ shop, till, cashier }) => ({ shop, till, cashier })),
    owners: keys.owners.map(({ shop, name, address }) => ({ shop, name, address })),
    auditor: { name: keys.auditor.name },
  }
}
