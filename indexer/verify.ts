import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { quickChecks } from './audit/checks.ts'
import type { CheckResult, Ruling } from './audit/findings.ts'
import { keepResults } from './audit/kept-results.ts'
import { type IndexerConfig, readConfig } from './config.ts'
import { checkRebuild } from './rebuild-beside.ts'
import { auditedBy } from './self-checks.ts'

const help = `Usage: node indexer/main.ts verify [options]

Holds the mirror in the database against the chain, and says where they differ. The mirror itself is only read; what
was found is noted in ledger.self_check.

  --json FILE    also writes the report there (docs/audit.md describes it)
  --seed TEXT    draws the samples from TEXT; the same seed on the same mirror draws the same
  --samples N    how many balances are drawn (default 200)
  --quick        rebuilds nothing: sums and samples only
  --help         this text

Settings: those of follow, and SCRATCH_DATABASE_URL, a second database, in which the ledger is rebuilt.
Ends with 0 only if everything that was to be checked could be checked and holds.`

interface Wish {
  readonly json: string | undefined
  readonly seed: string
  readonly samples: number
  readonly extent: 'all' | 'quick'
}

function wishOf(args: readonly string[]): Wish | 'help' | { readonly complaint: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'string' },
        seed: { type: 'string' },
        samples: { type: 'string', default: '200' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return 'help'
    if (!/^\d{1,5}$/.test(values.samples)) return { complaint: '--samples takes a whole number.' }
    return {
      json: values.json,
      seed: values.seed ?? randomUUID(),
      samples: Number(values.samples),
      extent: values.quick ? 'quick' : 'all',
    }
  } catch (error) {
    return { complaint: `${error instanceof Error ? error.message : String(error)} --help says more.` }
  }
}

/** Does what the command line asks for; the exit code. */
export async function verify(args: readonly string[]): Promise<number> {
  const wish = wishOf(args)
  if (wish === 'help') {
    console.log(help)
    return 0
  }
  if ('complaint' in wish) {
    console.error(`highstreet verify: ${wish.complaint}`)
    return 1
  }
  const config = readConfig()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const began = new Date()
  console.log(`seed ${wish.seed}`)
  const results = await checkAll(config, wish, stop.signal)
  for (const line of results.flatMap(linesOf)) console.log(line)
  await keepResults(config.databaseUrl, results)
  const verdict = verdictOf(results)
  if (wish.json !== undefined) {
    const report = reportOf(config, { began, seed: wish.seed, extent: wish.extent, verdict, results })
    writeFileSync(wish.json, `${JSON.stringify(report, null, 2)}\n`)
  }
  console.log(`\n${closing[verdict]}`)
  return verdict === 'holds' ? 0 : 1
}

async function checkAll(config: IndexerConfig, wish: Wish, signal: AbortSignal): Promise<readonly CheckResult[]> {
  const quick = await quickChecks(auditedBy(config), wish)
  if (wish.extent === 'quick') return quick
  const { scratchUrl } = config.selfCheck
  if (scratchUrl === undefined) {
    const now = new Date()
    const reason = 'no database was named in SCRATCH_DATABASE_URL to rebuild the ledger in'
    const nothing = { block: null, hash: null, compared: 0, rulings: [] }
    return [...quick, { name: 'rebuild', began: now, finished: now, verdict: 'unable', reason, ...nothing }]
  }
  const tell = (line: string): void => console.log(`  ${line}`)
  return [...quick, await checkRebuild({ config, scratchUrl, signal, tell, priority: 'usual' })]
}

const closing = {
  holds: 'verify: the mirror holds',
  differs: 'verify: THE MIRROR DIFFERS FROM THE CHAIN. The lines above name where; docs/audit.md says what to do.',
  unable: 'verify: not everything could be checked, so nothing is promised. The lines above say why.',
} as const

function verdictOf(results: readonly CheckResult[]): CheckResult['verdict'] {
  const has = (verdict: CheckResult['verdict']): boolean => results.some((result) => result.verdict === verdict)
  return has('differs') ? 'differs' : has('unable') ? 'unable' : 'holds'
}

const titles = {
  sums: 'sums: the mirror against itself and the money held',
  samples: 'samples: balances and positions against the chain',
  rebuild: 'rebuild: every row against books filled from nothing',
} as const

const secondsOf = ({ began, finished }: CheckResult): string =>
  `${((finished.getTime() - began.getTime()) / 1000).toFixed(1)} s`

function linesOf(result: CheckResult): string[] {
  const { name, block, hash, verdict, compared, rulings, reason } = result
  const title = `\n${titles[name]}`
  if (verdict === 'unable' && block === null) return [title, `  could not be checked: ${reason ?? 'no reason given'}`]
  const at = `  at block ${block} (${hash}), ${compared.toLocaleString('en')} compared in ${secondsOf(result)}`
  return [title, at, ...rulings.flatMap(rulingLines)]
}

const words = { holds: 'holds  ', differs: 'DIFFERS', unable: 'unable ', notOffered: 'not offered' } as const

function rulingLines({ says, verdict, detail, differing, findings }: Ruling): string[] {
  const line = `  ${words[verdict]} ${says} (${detail})`
  const named = findings.flatMap(({ where, mirror, chain }) => [
    `            ${where}`,
    `              mirror: ${mirror ?? 'nothing'}`,
    `              chain:  ${chain ?? 'nothing'}`,
  ])
  const more = differing > findings.length ? [`            and ${differing - findings.length} more`] : []
  return [line, ...named, ...more]
}

/** The report that docs/audit.md describes; its version changes when its shape does. */
function reportOf(
  { network }: IndexerConfig,
  run: {
    readonly began: Date
    readonly seed: string
    readonly extent: Wish['extent']
    readonly verdict: CheckResult['verdict']
    readonly results: readonly CheckResult[]
  },
): object {
  const { chainId, genesisHash, startBlock, contracts } = network
  return {
    version: 1,
    began: run.began,
    finished: new Date(),
    verdict: run.verdict,
    extent: run.extent,
    seed: run.seed,
    chain: { chainId, genesisHash, startBlock, contracts },
    checks: run.results.map(({ began, finished, seed: _, ...rest }) => ({ began, finished, ...rest })),
  }
}
