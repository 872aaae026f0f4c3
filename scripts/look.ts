import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Complaint, sentenceOf } from './street/complaint.ts'
import { checkout } from './street/place.ts'
import { progressOn } from './street/progress.ts'
import { openStreet } from './street/street.ts'

const usage = `npm run look -- [options] [NAME...]
Opens every screen of the portal (or those that are named) on a phone (390 px) and a desk (1440 px), light and dark,
and keeps a picture of each. Ends with 1 if a page scrolls sideways or complains.

  --out DIR    where the pictures go (default .data/look)
  --url URL    looks at a street that is open already; the cashier's screens then give points on it
  --help       this page

Without --url a street of its own is opened for the while. Chromium: CHROMIUM_PATH, else one on the PATH, else npm's.`

const flags = {
  out: { type: 'string', default: '.data/look' },
  url: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

function wishes() {
  try {
    return parseArgs({ options: flags, allowPositionals: true })
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message.split('. ')[0] : error}. See npm run look -- --help.`)
  }
}

/** The pictures are taken by a program of their own, as the journeys are. */
async function lookAt(url: string, folder: string, names: readonly string[]): Promise<number> {
  const program = join(checkout, 'test', 'journeys', 'look-screens.ts')
  const child = spawn(process.execPath, [program, url, folder, ...names], { cwd: checkout, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

async function lookAtOwnStreet(folder: string, names: readonly string[]): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'highstreet-look-'))
  const progress = progressOn({ print: (line) => console.log(line) })
  const opening = await openStreet({
    data,
    port: 0,
    kind: undefined,
    seed: 'look',
    inhabitants: 'demo',
    past: 'kept',
    progress,
  })
  const interrupted = new Promise<number>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(130))
  })
  try {
    const { url } = await opening.opened
    return await Promise.race([lookAt(url, folder, names), interrupted])
  } finally {
    await opening.close()
    rmSync(data, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  const { values, positionals } = wishes()
  if (values.help) {
    console.log(usage)
    return 0
  }
  const folder = resolve(checkout, values.out)
  const code = await (values.url ? lookAt(values.url, folder, positionals) : lookAtOwnStreet(folder, positionals))
  console.log(`The pictures are in ${folder}`)
  return code
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`highstreet: ${sentenceOf(error)}`)
    process.exit(1)
  },
)
