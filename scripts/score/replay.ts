import { type Hex, keccak256, stringToHex } from 'viem'
import { scoreLogAbi } from '#contracts/generated.ts'
import type { PurchaseDay } from '#indexer/scoring/recency-frequency-value.ts'
import { model, type Replayed, replayRun } from '#indexer/scoring/replay.ts'
import { Complaint } from '../street/complaint.ts'
import { contractView } from '../street/contract-view.ts'
import { blockAt, type Rpc, rpcAt } from '../street/rpc.ts'
import { type Asked, inputOf } from './asked.ts'
import { chainPurchaseDays, dayIn } from './chain-purchases.ts'
import { networkOf, type ScoredNetwork } from './network-file.ts'
import { type RunInputs, readAccounts, readRunInputs } from './run-inputs.ts'

/** One thing that was held against the chain. */
export interface Held {
  readonly what: string
  readonly holds: boolean
  readonly found: string
}

export interface ReplayReport {
  readonly model: string
  readonly day: number
  readonly block: number
  readonly inputsHash: string
  readonly root: string | null
  readonly scores: number
  /** The run on the chain; null where no chain was asked. */
  readonly run: number | null
  readonly checks: readonly Held[]
}

/** Does a run again: from its inputs, held against the chain where one is named; without inputs by the chain alone. */
export async function replayFile(asked: Asked): Promise<ReplayReport> {
  if (asked.input === undefined) return await replayChain(asked)
  const { path, bytes } = inputOf(asked)
  const inputs = readRunInputs(path, bytes)
  const { replayed, report } = replayOf(inputs)
  if (asked.rpc === undefined) return { ...report, run: null, checks: [] }
  const rpc = rpcAt(asked.rpc)
  const deployment = networkOf(asked)
  const { run, checks } = await againstRun(rpc, deployment, { asked, inputs, replayed })
  return { ...report, run, checks: [...checks, await againstPurchases(rpc, deployment, inputs)] }
}

/** What was bought up to the run's block as the chain tells it, less those who had said no, as a list names them. */
async function replayChain(asked: Asked): Promise<ReplayReport> {
  if (asked.rpc === undefined) throw new Complaint('replay needs --input, or --rpc and --deployment to do without.')
  const rpc = rpcAt(asked.rpc)
  const deployment = networkOf(asked)
  const log = scoreLogAt(rpc, deployment)
  const number = await numberOfRun(asked, log)
  const committed = await log.read('runOf', [number])
  if (committed.model !== keccak256(stringToHex(model))) {
    throw new Complaint(`Run ${number} was made by another definition than ${model}: take the version of that day.`)
  }
  const timeZone = timeZoneOf(asked)
  const block = committed.blockNumber
  const header = await blockAt(rpc, block)
  if (header === undefined) throw new Complaint(`The node knows no block ${block}.`)
  const { issuance } = deployment.contracts
  const bought = await chainPurchaseDays(rpc, { issuance, from: deployment.startBlock, to: block, timeZone })
  const leftOut = new Set(asked['left-out'] === undefined ? [] : readAccounts(asked['left-out']))
  const rows = bought.filter(({ member }) => !leftOut.has(member))
  const inputs = { model, day: dayIn(timeZone)(header.time), block, timeZone, rows }
  const { replayed, report } = replayOf(inputs)
  const { run, checks } = await againstRun(rpc, deployment, { asked, inputs, replayed })
  return { ...report, run, checks }
}

function replayOf(inputs: RunInputs) {
  const replayed = replayRun(inputs.rows, inputs)
  const { day, block } = inputs
  const said = { model: inputs.model, day, block, inputsHash: replayed.inputsHash, root: replayed.root ?? null }
  return { replayed, report: { ...said, scores: replayed.scores.length } }
}

function timeZoneOf(asked: Asked): string {
  const name = asked['time-zone']
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    throw new Complaint(`--time-zone takes a name such as Europe/Berlin, not "${name}".`)
  }
}

/** The log of runs on the chain. */
export function scoreLogAt(rpc: Rpc, deployment: ScoredNetwork) {
  return contractView(rpc, scoreLogAbi, deployment.contracts.scoreLog)
}

export async function numberOfRun(asked: Asked, log: ReturnType<typeof scoreLogAt>): Promise<number> {
  const count = await log.read('runCount', [])
  if (asked.run === undefined) {
    if (count === 0) throw new Complaint('No run is committed on this chain.')
    return count
  }
  const run = Number(asked.run)
  if (!/^[1-9]\d{0,8}$/.test(asked.run) || run > count) {
    throw new Complaint(`--run takes the number of a committed run, 1 to ${count}, not "${asked.run}".`)
  }
  return run
}

async function againstRun(
  rpc: Rpc,
  deployment: ScoredNetwork,
  of: { readonly asked: Asked; readonly inputs: RunInputs; readonly replayed: Replayed },
) {
  const { asked, inputs, replayed } = of
  const log = scoreLogAt(rpc, deployment)
  const run = await numberOfRun(asked, log)
  const committed = await log.read('runOf', [run])
  const same = (what: string, ours: string, chain: string): Held => {
    return { what, holds: ours === chain, found: ours === chain ? ours : `${ours}, on the chain ${chain}` }
  }
  const block = await rpc.ask<{ hash: Hex } | null>('eth_getBlockByNumber', [`0x${inputs.block.toString(16)}`, false])
  const checks = [
    same('block', `${inputs.block}`, `${committed.blockNumber}`),
    same('block hash', block?.hash ?? 'none', committed.blockHash),
    same('model', keccak256(stringToHex(inputs.model)), committed.model),
    same('inputs', replayed.inputsHash, committed.inputsHash),
    same('scores', replayed.root ?? 'none', committed.root),
  ]
  return { run, checks }
}

/** Whether the inputs are what the chain says was bought, of everybody who is in them, and complete. */
async function againstPurchases(rpc: Rpc, deployment: ScoredNetwork, inputs: RunInputs): Promise<Held> {
  const { issuance } = deployment.contracts
  const span = { issuance, from: deployment.startBlock, to: inputs.block, timeZone: inputs.timeZone }
  const bought = await chainPurchaseDays(rpc, span)
  const named = new Set(inputs.rows.map(({ member }) => member))
  const own = bought.filter(({ member }) => named.has(member))
  const others = new Set(bought.filter(({ member }) => !named.has(member)).map(({ member }) => member)).size
  const said = (row: PurchaseDay | undefined) =>
    row === undefined ? 'nothing' : `shop ${row.shop}, ${row.member}, day ${row.day}, ${row.spend}`
  for (let place = 0; place < Math.max(own.length, inputs.rows.length); place += 1) {
    const [chain, file] = [said(own[place]), said(inputs.rows[place])]
    if (chain === file) continue
    return { what: 'purchases', holds: false, found: `row ${place + 1} says ${file}, the chain ${chain}` }
  }
  const found = `${own.length} purchase days of ${named.size} members; ${others} members are left out`
  return { what: 'purchases', holds: true, found }
}
