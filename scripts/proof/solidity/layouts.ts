import { z } from 'zod'
import { compile, errorsOf, hasCode, readProduction } from './compiler.ts'

const entry = z.object({ label: z.string(), offset: z.number(), slot: z.string(), type: z.string() })
const layout = z.object({
  storage: z.array(entry),
  types: z
    .record(z.string(), z.object({ label: z.string(), members: z.array(entry).optional() }))
    .nullable()
    .optional(),
})

/** Each variable as `slot+offset name: type`, by contract; each struct in the same way, from its own beginning. */
export interface StorageLayout {
  readonly storage: readonly string[]
  readonly structs: Readonly<Record<string, readonly string[]>>
}

/** Where every contract that holds anything keeps it; interfaces and libraries hold nothing. */
export async function storageLayouts(): Promise<Record<string, StorageLayout>> {
  const outputs = { '*': { '*': ['storageLayout'] } }
  const compilation = await compile(readProduction(), { optimizer: { enabled: false }, outputs })
  const [error] = errorsOf(compilation)
  if (error !== undefined) throw new Error(`the contracts do not compile:\n${error.formattedMessage}`)
  const found: Record<string, StorageLayout> = {}
  for (const [path, contracts] of Object.entries(compilation.contracts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!hasCode(path)) continue
    for (const [name, { storageLayout }] of Object.entries(contracts)) {
      const { storage, types } = layout.parse(storageLayout)
      if (storage.length > 0) found[name] = written(storage, types ?? {})
    }
  }
  return found
}

type Types = NonNullable<z.infer<typeof layout>['types']>

function written(storage: readonly z.infer<typeof entry>[], types: Types): StorageLayout {
  const line = ({ label, offset, slot, type }: z.infer<typeof entry>): string =>
    `${slot}+${offset} ${label}: ${types[type]?.label ?? type}`
  const structs = Object.values(types).flatMap(({ label, members }): [string, string[]][] =>
    members === undefined ? [] : [[label, members.map(line)]],
  )
  return { storage: storage.map(line), structs: Object.fromEntries(structs.sort(([a], [b]) => (a < b ? -1 : 1))) }
}
