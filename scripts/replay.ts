import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readSales, type SalesFile } from '#contracts/till-api/sales-file.ts'
import { Complaint, runToItsEnd } from './street/complaint.ts'
import { settings } from './street/config.ts'
import { accountsOf, secretOf } from './street/import/accounts.ts'
import { untilIssued } from './street/import/arrival.ts'
import { officersOf } from './street/import/officers.ts'
import { differencesOf, faultLines, jsonOf, type Outcome, tableOf } from './street/import/outcome.ts'
import { hashOfFile, planImport } from './street/import/plan.ts'
import { postRows } from './street/import/posting.ts'
import { prepare, type Target } from './street/import/preparation.ts'
import { type Reckoning, reckon } from './street/import/reckoning.ts'
import { alone, orItsCause, type Site, siteOn } from './street/import/site.ts'
import { addressOfKey, keyIn } from './street/keys.ts'
import type { StreetFiles } from './street/place.ts'
import { type Progress, progressOn } from './street/progress.ts'
import { resendSigned } from './street/submissions.ts'

const usage = `npm run replay -- FILE [options]
Brings past sales into the network: through the till API, the relayer and the chain into the mirror, each row with its
own time of sale. Run it again after an interruption: it goes on where it was, and no row is lost or doubled.

FILE is CSV with a heading (member, time, amount; shop and receipt where you have them) or the fixed-width CDNOW file.

  --shop N        the shop of the street these sales belong to (default: a new shop named after the file)
  --earn-rate N   hundredths of a point per 1.00 in a new shop (default 100)
  --data DIR      the street's data folder (default .data)
  --port N        the portal's port, where the street has to be opened for this (default 0, any that is free)
  --json FILE     writes the closing table there too, as JSON
  --check         only says what is wrong with the file, and brings in nothing
  --help          this page`

const flags = {
  shop: { type: 'string' },
  'earn-rate': { type: 'string', default: '100' },
  data: { type: 'string', default: '.data' },
  port: { type: 'string', default: '0' },
  json: { type: 'string' },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

interface Wishes {
  readonly file: string
  readonly shop: number | undefined
  readonly earnRate: number
  readonly data: string
  readonly port: number
  readonly json: string | undefined
  readonly extent: 'check' | 'whole'
}

export function wishesOf(args: readonly string[]): Wishes | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw new Complaint('Name one file: npm run replay -- FILE. See --help.')
  return {
    file,
    shop: values.shop === undefined ? undefined : wholeNumber('--shop', values.shop, [1, 4_294_967_295]),
    earnRate: wholeNumber('--earn-rate', values['earn-rate'], [0, 100_000]),
    data: values.data,
    port: wholeNumber('--port', values.port, [0, 65_535]),
    json: values.json,
    extent: values.check ? 'check' : 'whole',
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true })
  } catch (error) {
    throw new Complaint(
      `${error instanceof Error ? error.message.split('. ')[0] : error}. See npm run replay -- --help.`,
    )
  }
}

function wholeNumber(name: string, text: string, [lowest, highest]: readonly [number, number]): number {
  if (/^\d{1,10}$/.test(text) && Number(text) >= lowest && Number(text) <= highest) return Number(text)
  throw new Complaint(`${name} takes a whole number from ${lowest} to ${highest}, not "${text}".`)
}

/** A path as the person meant it: from where they stood when they called npm, or else from the checkout. */
function pathAsTyped(path: string): string {
  const typed = resolve(settings().calledFrom ?? '.', path)
  return existsSync(typed) ? typed : resolve(path)
}

const largestFile = 512 * 1024 * 1024

function bytesOfFile(path: string): Buffer {
  if (!existsSync(path) || !statSync(path).isFile()) throw new Complaint(`There is no file at ${path}.`)
  if (statSync(path).size > largestFile)
    throw new Complaint(`${path} is larger than 512 MB: split it, one year each, say.`)
  return readFileSync(path)
}

async function replay(
  wishes: Wishes,
  progress: Progress,
  site: Site,
  file: SalesFile,
  bytes: Buffer,
): Promise<Outcome> {
  const began = Date.now()
  const { files, db, rpc, deployment } = site
  const parts = await planImport(db, {
    file: wishes.file,
    rows: file.rows,
    shop: wishes.shop,
    earnRate: wishes.earnRate,
  })
  const accounts = accountsOf(files)
  const fileHash = hashOfFile(bytes)
  const preparing = { rpc, db, deployment, secret: secretOf(files), fileHash, fileName: wishes.file }
  const reckonings: Reckoning[] = []
  const targets: Target[] = []
  let handedOver = 0
  await progress.during('preparing shop, import key and reserve', async (detail) => {
    if (deployment.embedded) await resendSigned({ rpc, db, relayer: relayerOf(files) })
    const officers = await officersOf({ files, rpc, db, deployment })
    for (const part of parts) {
      detail(part.name)
      targets.push(await prepare(part, { ...preparing, officers }))
    }
  })
  await progress.during('handing over the rows', async (detail) => {
    for (const target of targets) {
      handedOver += await postRows(target, { portal: site.portal, db, deployment, accounts, detail })
      accounts.keep()
    }
  })
  await progress.during('waiting for the chain', async (detail) => {
    for (const target of targets) await untilIssued(target, { db, detail })
  })
  const seconds = (Date.now() - began) / 1000
  const members = new Set(file.rows.map((row) => row.member)).size
  await progress.during('checking chain, mirror and file against one another', async (detail) => {
    for (const target of targets) reckonings.push(await reckon(target, { db, rpc, accounts, detail }))
  })
  return {
    file: wishes.file,
    rowsRead: file.rows.length,
    members,
    rowsHandedOver: handedOver,
    seconds,
    parts: reckonings,
  }
}

const relayerOf = (files: StreetFiles) => addressOfKey(keyIn(files.relayerKey))

async function main(): Promise<number> {
  const wishes = wishesOf(process.argv.slice(2))
  if (wishes === 'help') {
    console.log(usage)
    return 0
  }
  const progress = progressOn({ print: (line) => console.log(line), everyMs: 1_500 })
  const bytes = bytesOfFile(pathAsTyped(wishes.file))
  const file = readSales(bytes, new Date())
  for (const column of file.unused) progress.say(`the column "${column}" is not used`)
  if (file.faults.length > 0) {
    for (const line of faultLines(file.faults)) console.error(line)
    const faults = file.faults.length === 1 ? 'a fault' : `${file.faults.length} faults`
    throw new Complaint(`${wishes.file} has ${faults}; nothing of it was brought in.`)
  }
  progress.say(`${wishes.file}: ${file.rows.length} rows, all of them readable (${file.format})`)
  if (wishes.extent === 'check') return 0
  const { site, leave } = siteOn(wishes, progress)
  const asked = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => reject(new Complaint('Interrupted: run the same command again to go on from here.')))
    }
  })
  try {
    const open = await Promise.race([site, asked])
    const replaying = alone(open.files, () => replay(wishes, progress, open, file, bytes))
    const outcome = await Promise.race([orItsCause(replaying, open), open.broken, asked])
    for (const line of tableOf(outcome)) console.log(line)
    if (wishes.json !== undefined) writeFileSync(resolve(settings().calledFrom ?? '.', wishes.json), jsonOf(outcome))
    return differencesOf(outcome) === 0 ? 0 : 1
  } finally {
    await leave()
  }
}

if (import.meta.main) runToItsEnd(main)
