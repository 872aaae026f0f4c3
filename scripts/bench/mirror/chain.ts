import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { repository, runProgram } from '../../proof/program.ts'
import { freePort } from '../../street/ports.ts'
import { type Rpc, rpcAt } from '../../street/rpc.ts'

export const shapes = ['dense', 'sparse'] as const
export type Shape = (typeof shapes)[number]

/** Where chains and installed peers are kept from one run to the next. */
export const kept = join(repository, '.cache', 'bench')

const life = z.object({ shape: z.enum(shapes), events: z.number(), blocks: z.number(), shops: z.number() })
const address = z.templateLiteral(['0x', z.string()])
const deployment = z.object({ startBlock: z.number(), contracts: z.object({ consortium: address }) })

/** A chain with a long life behind it, kept in files. */
export interface KeptChain {
  readonly shape: Shape
  readonly events: number
  readonly blocks: number
  readonly startBlock: number
  readonly consortium: `0x${string}`
  readonly deploymentFile: string
  readonly stateFile: string
  /** What the chain says of balances, once it was asked. */
  readonly truthFile: string
}

/** Makes the chain, unless that was done before. */
export async function chainOf(shape: Shape, events: number, tell: (text: string) => void): Promise<KeptChain> {
  const folder = join(kept, `${shape}-${events}`)
  if (!existsSync(join(folder, 'life.json'))) {
    const unfinished = `${folder}.new`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    const args = ['--shape', shape, '--events', String(events), '--into', unfinished]
    const made = await runProgram({ file: 'test/indexer/long-chain.ts', args }, (text) => tell(text.trim()))
    if (!made.passed) throw new Error(`the chain could not be made:\n${made.output.trim().slice(-2_000)}`)
    rmSync(folder, { recursive: true, force: true })
    renameSync(unfinished, folder)
  }
  const deploymentFile = join(folder, 'deployment.json')
  const lived = life.parse(JSON.parse(readFileSync(join(folder, 'life.json'), 'utf8')))
  const { startBlock, contracts } = deployment.parse(JSON.parse(readFileSync(deploymentFile, 'utf8')))
  const { consortium } = contracts
  const files = { deploymentFile, stateFile: join(folder, 'state.json'), truthFile: join(folder, 'balances.json') }
  return { ...lived, startBlock, consortium, ...files }
}

/** The kept chain as a node that mines when told to, and signs for everybody. */
export interface BenchNode {
  readonly url: string
  readonly wsUrl: string
  readonly pid: number
  readonly rpc: Rpc
  /** Goes back to the chain as it was kept. */
  rewind(): Promise<void>
  stop(): Promise<void>
}

const patienceMs = 300_000

export async function startNode(chain: KeptChain, signal: AbortSignal): Promise<BenchNode> {
  const port = await freePort()
  const place = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', '31337', '--silent', '--prune-history']
  const rules = ['--hardfork', 'osaka', '--no-mining', '--block-base-fee-per-gas', '0', '--gas-limit', '300000000']
  const order = ['--order', 'fifo', '--load-state', chain.stateFile]
  const anvil = join(repository, 'node_modules/.bin/anvil')
  const child = spawn(anvil, [...place, ...rules, ...order], { stdio: ['ignore', 'ignore', 'inherit'] })
  const stop = () => stopped(child)
  try {
    const rpc = rpcAt(`http://127.0.0.1:${port}`)
    await untilItAnswers(rpc, child, signal)
    const head = Number(await rpc.ask<string>('eth_blockNumber'))
    if (head !== chain.blocks) throw new Error(`the node stands at block ${head}, the kept chain at ${chain.blocks}`)
    await rpc.ask('anvil_autoImpersonateAccount', [true])
    await setClock(rpc)
    let snapshot = await rpc.ask('evm_snapshot')
    const rewind = async (): Promise<void> => {
      await rpc.ask('evm_revert', [snapshot])
      await setClock(rpc)
      snapshot = await rpc.ask('evm_snapshot')
      const now = Number(await rpc.ask<string>('eth_blockNumber'))
      if (now !== head) throw new Error(`the node was to go back to block ${head}, and stands at ${now}`)
    }
    return { url: rpc.url, wsUrl: `ws://127.0.0.1:${port}`, pid: child.pid ?? 0, rpc, rewind, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The kept chain's clock goes on from where it stood: at today's, points would have lapsed. */
async function setClock(rpc: Rpc): Promise<void> {
  const { timestamp } = await rpc.ask<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false])
  await rpc.ask('anvil_setTime', [Number(timestamp)])
  await rpc.ask('anvil_setBlockTimestampInterval', [1])
}

async function untilItAnswers(rpc: Rpc, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    signal.throwIfAborted()
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('anvil did not take up the kept chain')
    const head = await rpc.ask('eth_blockNumber').catch(() => undefined)
    if (head !== undefined) return
    await sleep(100)
  }
}

const lastWordsMs = 10_000

/** Ends a process that we started. */
export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const patience = setTimeout(() => child.kill('SIGKILL'), lastWordsMs)
  await gone
  clearTimeout(patience)
}
