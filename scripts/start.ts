import { parseArgs } from 'node:util'
import type { ChainKind } from './street/chain.ts'
import { Complaint, runToItsEnd } from './street/complaint.ts'
import { progressOn } from './street/progress.ts'
import { openStreet, type StreetOptions } from './street/street.ts'

const usage = `npm start -- [options]
Opens the high street: database, chain, mirror, relayer and portal, all on this machine. Ctrl-C closes it.

  --port N        the portal's port (default 3000; 0 for any that is free)
  --data DIR      where the street keeps everything (default .data)
  --reset         removes the street in that folder first and begins anew
  --no-seed       opens an empty street: the network alone, without shops or members
  --seed TEXT     makes keys and habits of a new street from TEXT, the same every time; for tests only
  --chain KIND    anvil or hardhat (default: anvil where npm has it)
  --help          this page

Settings from outside: DATABASE_URL for a PostgreSQL of your own (INDEXER_DATABASE_URL and WEB_DATABASE_URL for its
two roles); RPC_URL (or RPC_URLS, several nodes with commas), DEPLOYMENT_FILE and RELAYER_KEY_FILE for a chain of your
own; PUBLIC_ORIGIN and RP_ID for the portal's name; CONFIRMATIONS, TIME_ZONE, LOG_LEVEL.`

const flags = {
  port: { type: 'string', default: '3000' },
  data: { type: 'string', default: '.data' },
  reset: { type: 'boolean', default: false },
  'no-seed': { type: 'boolean', default: false },
  seed: { type: 'string' },
  chain: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

type Wishes = Omit<StreetOptions, 'progress'> | 'help'

/** Reads the command line; what makes no sense is a Complaint. */
export function wishesOf(args: readonly string[]): Wishes {
  const values = valuesOf(args)
  if (values.help) return 'help'
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new Complaint(`--port takes a number from 0 to 65535, not "${values.port}".`)
  }
  if (values.chain !== undefined && values.chain !== 'anvil' && values.chain !== 'hardhat') {
    throw new Complaint(`--chain takes anvil or hardhat, not "${values.chain}".`)
  }
  return {
    data: values.data,
    port: Number(values.port),
    kind: values.chain satisfies ChainKind | undefined,
    seed: values.seed,
    inhabitants: values['no-seed'] ? 'nobody' : 'demo',
    past: values.reset ? 'removed' : 'kept',
  }
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message.split('. ')[0] : error}. See npm start -- --help.`)
  }
}

async function main(): Promise<void> {
  const wishes = wishesOf(process.argv.slice(2))
  if (wishes === 'help') {
    console.log(usage)
    return
  }
  const progress = progressOn({ print: (line) => console.log(line) })
  const asked = new Promise<'asked'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('asked'))
  })
  const opening = await openStreet({ ...wishes, progress })
  const opened = await Promise.race([opening.opened, asked])
  if (opened !== 'asked') {
    console.log(`Highstreet is open: ${opened.url}`)
    await Promise.race([asked, opened.broken]).catch(async (error: unknown) => {
      await opening.close()
      throw error
    })
  }
  progress.say('closing the street')
  await opening.close()
  progress.say('closed; everything is kept')
}

if (import.meta.main) runToItsEnd(main)
