import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { filesBelow, hashOfFiles, runToEnd, type Starter, stampFolder } from './compile.ts'
import { alone } from './lock.ts'
import { checkout } from './place.ts'

const stamp = join(checkout, 'web', '.next', 'built-from.sha256')
const madeByNext = ['next-env.d.ts', 'tsconfig.json', 'tsconfig.check.json']

/** One hash over everything the portal is built from. */
function sources(): string {
  const below = (room: string): string[] =>
    filesBelow(join(checkout, room), (path) => !madeByNext.some((name) => path.endsWith(name)))
  const contracts = filesBelow(join(checkout, 'contracts'), (path) => path.endsWith('.ts'))
  const own = ['package.json', 'package-lock.json'].map((name) => join(checkout, name))
  return hashOfFiles([...below('web'), ...below('indexer/db'), ...below('indexer/scoring'), ...contracts, ...own])
}

const built = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === sources()

export const nextCli = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist', 'bin', 'next')

/** Builds the portal when what lies there was made from other files. Two starts at once build it once. */
export async function buildPortalIfNeeded(
  options: { readonly log: string; readonly start: Starter },
  announce: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  if (built()) return
  await announce(() =>
    alone(join(stampFolder, 'portal.lock'), async () => {
      if (built()) return
      // Taken before the build: what changes meanwhile is not in it.
      const from = sources()
      // From here on what lies there is made from nothing in particular.
      rmSync(stamp, { force: true })
      const more = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
      await runToEnd({ name: 'portal build', log: options.log, args: [nextCli(), 'build', 'web'], more }, options.start)
      writeFileSync(stamp, from)
    }),
  )
}
