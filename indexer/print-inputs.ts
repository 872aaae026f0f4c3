import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { scoreLogAbi } from '#contracts/generated.ts'
import { openNodes } from './chain/sources.ts'
import { type IndexerConfig, readConfig, SettingsUnusable } from './config.ts'
import { leftOutLines, type NoInputs, runInputs } from './rescore/inputs.ts'
import type { WhichRun } from './rescore/kept-runs.ts'

const help = `Usage: node indexer/main.ts inputs [--run N | --block N] [--left-out] > FILE

Prints what a fit was made from, for whoever does it again: npm run score -- replay. As the ledger stood at the fit's
block, without those who had said no by then. What comes out is hashed first: where it is not what was committed,
nothing is printed, and it ends with 1.

  --run N      the fit that stands on the chain as run N; the chain is asked
  --block N    the last fit as of this block
  --left-out   prints who was left out instead, an account a line: all that a replay from the chain alone needs
  --help       this text

Without --run and --block: the last fit. The file tells who was not left out, and so, beside the chain, who had said no:
it is for auditors, and not for publishing.`

const sentences: Readonly<Record<NoInputs, string>> = {
  noFit: 'no fit was kept yet: there is nothing to print',
  noSuchRun: 'no such fit was kept here: it is older than this way of keeping them, or not of this street',
  notTheSame: 'what the ledger tells of that block is not what was hashed: hold the ledger against the chain (verify)',
}

/** Prints the inputs of a fit; answers how the process is to end. */
export async function printInputs(args: readonly string[]): Promise<number> {
  const values = optionsIn(args)
  if (values.help === true) {
    console.log(help)
    return 0
  }
  const config = readConfig()
  const at = { url: config.databaseUrl, which: await whichRun(values, config) }
  const refused = values['left-out'] === true ? await printLeftOut(at) : await runInputs(at, writeAll)
  if (refused === undefined) return 0
  console.error(`highstreet indexer: ${sentences[refused]}`)
  return 1
}

async function printLeftOut(at: { readonly url: string; readonly which: WhichRun }): Promise<NoInputs | undefined> {
  const lines = await leftOutLines(at)
  if (typeof lines === 'string') return lines
  writeAll(lines.map((line) => `${line}\n`).join(''))
  return undefined
}

function optionsIn(args: readonly string[]) {
  const [string, flag] = [{ type: 'string' }, { type: 'boolean' }] as const
  try {
    return parseArgs({ args: [...args], options: { run: string, block: string, 'left-out': flag, help: flag } }).values
  } catch (error) {
    throw new SettingsUnusable(`${error instanceof Error ? error.message : String(error)} inputs --help says more.`)
  }
}

async function whichRun(
  { run, block }: { readonly run?: string | undefined; readonly block?: string | undefined },
  config: IndexerConfig,
): Promise<WhichRun> {
  if (run !== undefined && block !== undefined) throw new SettingsUnusable('Name a run or a block, not both.')
  if (block !== undefined) return { block: numberIn('--block', block) }
  return run === undefined ? 'last' : await committedRun(config, numberIn('--run', run))
}

function numberIn(flag: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new SettingsUnusable(`${flag} needs a number, not "${text}".`)
}

/** Block and inputs as they stand on the chain under this run's number. */
async function committedRun({ rpcUrls, scoreLog }: IndexerConfig, run: number): Promise<WhichRun> {
  if (scoreLog === undefined) throw new SettingsUnusable('DEPLOYMENT_FILE names no contracts.scoreLog.')
  const ask = { abi: scoreLogAbi, functionName: 'runCount' } as const
  const node = openNodes(rpcUrls)
  const call = (data: Hex) => ({ method: 'eth_call', params: [{ to: scoreLog, data }, 'latest'] })
  const [counted] = await node.ask([call(encodeFunctionData(ask))])
  const count = decodeFunctionResult({ ...ask, data: counted as Hex })
  if (run < 1 || run > count) throw new SettingsUnusable(`The chain knows the runs 1 to ${count}, and no run ${run}.`)
  const asked = { abi: scoreLogAbi, functionName: 'runOf' } as const
  const [found] = await node.ask([call(encodeFunctionData({ ...asked, args: [run] }))])
  const { blockNumber, inputsHash } = decodeFunctionResult({ ...asked, data: found as Hex })
  return { block: blockNumber, inputsHash }
}

/** A pipe takes what it can hold; the rest is offered again. */
function writeAll(text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
