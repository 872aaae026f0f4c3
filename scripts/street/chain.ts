import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Hex } from 'viem'
import { z } from 'zod'
import { hardhatCli, type Starter } from './compile.ts'
import { Complaint } from './complaint.ts'
import { childEnvironment } from './config.ts'
import { checkout, logOf, type StreetFiles, writeWhole } from './place.ts'
import { type Child, untilReady } from './processes.ts'
import { blockAt, type Rpc, rpcAt } from './rpc.ts'

export type ChainKind = 'anvil' | 'hardhat'

/** The embedded chain, whose clock this street may hold, set and let run. */
export interface EmbeddedChain {
  readonly kind: ChainKind
  readonly child: Child
  readonly port: number
  readonly rpc: Rpc
  /** False where the chain begins empty, because it is new or because it forgot. */
  readonly remembered: boolean
}

export const blockGasLimit = 60_000_000

/** anvil where npm has it for this machine, else Hardhat's node. */
export function chainKindHere(): ChainKind {
  return anvilProgram() === undefined ? 'hardhat' : 'anvil'
}

function anvilProgram(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/package.json')
    const program = join(dirname(manifest), 'bin', 'anvil')
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

export interface ChainOptions {
  readonly kind: ChainKind
  readonly files: StreetFiles
  readonly port: number
  /** The time of block 0, in seconds; the same time makes the same block 0. */
  readonly genesisTime: number
  readonly start: Starter
}

/** Starts the embedded chain with its clock held: nothing is mined until somebody says so. */
export async function startChain(options: ChainOptions): Promise<EmbeddedChain> {
  const rpc = rpcAt(`http://127.0.0.1:${options.port}`)
  const remembered = options.kind === 'anvil' && existsSync(options.files.chain)
  const child = await options.start({
    name: 'chain',
    ...(options.kind === 'anvil' ? anvilCommand(options, remembered) : hardhatCommand(options)),
    cwd: checkout,
    env: childEnvironment(),
    log: logOf(options.files, 'chain'),
  })
  const answers = (): Promise<boolean> =>
    rpc.ask('eth_chainId').then(
      () => true,
      () => false,
    )
  await untilReady(child, answers)
  const chain = { kind: options.kind, child, port: options.port, rpc, remembered }
  await holdClock(chain)
  return chain
}

function anvilCommand(options: ChainOptions, remembered: boolean) {
  const program = anvilProgram()
  if (program === undefined) throw new Complaint('npm has no anvil for this machine: leave out --chain anvil.')
  return {
    command: program,
    args: [
      ...['--host', '127.0.0.1', '--port', String(options.port), '--hardfork', 'osaka', '--block-time', '1'],
      ...['--state', options.files.chain, '--state-interval', '5', '--gas-limit', String(blockGasLimit)],
      // Nobody pays for gas here, and a raw transaction must still be accepted when the chain is refilled.
      ...['--block-base-fee-per-gas', '0', '--accounts', '1', '--balance', '0', '--quiet'],
      // Beside a kept state this option would turn the clock back to block 0.
      ...(remembered ? [] : ['--timestamp', String(options.genesisTime)]),
    ],
  }
}

function hardhatCommand(options: ChainOptions) {
  const config = join(checkout, 'scripts', 'street', 'hardhat-node.config.ts')
  const place = ['--hostname', '127.0.0.1', '--port', String(options.port)]
  return {
    command: process.execPath,
    args: [hardhatCli(), '--config', config, '--network', 'street', 'node', ...place],
  }
}

const keptState = z.looseObject({
  blocks: z.array(z.looseObject({ header: z.looseObject({ number: z.string(), timestamp: z.string() }) })),
})

/** What tells a street's own kept chain from any other: the time of block 0, and what stood in a block first. */
export interface Origin {
  readonly time: number
  readonly first: Hex | undefined
}

/**
 * Makes the kept state of the chain fit to be loaded; false where it cannot be, or is another street's. anvil writes it
 * in place, so a kill may cut it short. And at every load anvil makes a block 0 of that moment and keeps it beside the
 * true one: with both in the file, either could be the first block after the next load.
 */
export function mendKeptState(path: string, origin: Origin): boolean {
  const state = stateIn(path, origin)
  if (state === undefined) return false
  const blocks = state.blocks.filter(
    ({ header }) => Number(header.number) !== 0 || Number(header.timestamp) === origin.time,
  )
  if (!blocks.some(({ header }) => Number(header.number) === 0)) return false
  if (blocks.length < state.blocks.length) writeWhole(path, JSON.stringify({ ...state, blocks }))
  return true
}

function stateIn(path: string, { first }: Origin): z.infer<typeof keptState> | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    if (first !== undefined && !text.includes(first)) return undefined
    return keptState.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function holdClock(chain: EmbeddedChain): Promise<void> {
  if (chain.kind === 'hardhat') await chain.rpc.ask('evm_setAutomine', [false])
  await chain.rpc.ask('evm_setIntervalMining', [0])
  if (!chain.remembered) return
  // With its state anvil loads the present time, and would refuse blocks of the hours before it.
  const head = await blockAt(chain.rpc, 'latest')
  await chain.rpc.ask('evm_setTime', [head?.time ?? 0])
}

/** From here on the chain mines a block a second by the machine's own clock. */
export async function letClockRun(chain: EmbeddedChain): Promise<void> {
  await mineAt(chain, Math.floor(Date.now() / 1000))
  await chain.rpc.ask('evm_setIntervalMining', [chain.kind === 'hardhat' ? 1000 : 1])
}

/** Mines one block with everything that waits; its time is `time`, or a second after the last where that has passed. */
export async function mineAt(chain: EmbeddedChain, time: number): Promise<void> {
  const head = await blockAt(chain.rpc, 'latest')
  const next = Math.max(time, (head?.time ?? 0) + 1)
  if (chain.kind === 'hardhat') await chain.rpc.ask('hardhat_setNextBlockBaseFeePerGas', ['0x0'])
  await chain.rpc.ask('evm_setNextBlockTimestamp', [next])
  await chain.rpc.ask('evm_mine')
}

/** Gives an account what gas costs; at block 0 only, since this is no transaction and must be repeated at a refill. */
export async function endow(chain: EmbeddedChain, account: `0x${string}`): Promise<void> {
  const aMillion = `0x${(10n ** 24n).toString(16)}`
  await chain.rpc.ask(chain.kind === 'hardhat' ? 'hardhat_setBalance' : 'anvil_setBalance', [account, aMillion])
}

/** Puts the whole state on disk now, whole or not at all, without waiting for anvil's own next time. */
export async function saveChain(chain: EmbeddedChain, files: StreetFiles): Promise<void> {
  if (chain.kind !== 'anvil') return
  const packed = await chain.rpc.ask<string>('anvil_dumpState')
  writeWhole(files.chain, gunzipSync(Buffer.from(packed.slice(2), 'hex')).toString('utf8'))
}
