import { type Address, encodeFunctionData, type Hex } from 'viem'
import { courierAbi } from '#contracts/generated.ts'
import type { RelayedNetwork } from './config.ts'
import { capped, type Job, transactionGasCap } from './job.ts'
import { gasToHandle, handling } from './operations.ts'

/** One transaction to be, and the jobs it does: all of them, or none. */
export interface Parcel {
  readonly purpose: Job['purpose']
  readonly jobs: readonly Job[]
}

/** What a transaction and the courier take for themselves, and a little for each thing carried. */
const gasOfCourier = 60_000n
const gasOfDelivery = 12_000n
/** Of the gas that is left a call gets all but a 64th. */
const keptBack = 62n
const mostJobs = 200

/**
 * Puts jobs of one purpose together, in their order, as many as one transaction can carry. What was undone before goes
 * alone, so that it stops nothing else a second time; so does what may take any amount of gas.
 */
export function parcels(jobs: readonly Job[], { courier }: RelayedNetwork['contracts']): Parcel[] {
  const packed: { purpose: Job['purpose']; jobs: Job[]; gas: bigint }[] = []
  const open = new Map<Job['purpose'], (typeof packed)[number]>()
  for (const job of jobs) {
    const { purpose } = job
    const together = purpose === 'operate' || courier !== undefined
    if (!together || job.gas === null || job.alone || job.attempts > 0) {
      packed.push({ purpose, jobs: [job], gas: 0n })
      continue
    }
    const gas = job.gas + gasOfDelivery
    const last = open.get(purpose)
    if (last && last.gas + gas <= room && last.jobs.length < mostJobs && !hasSender(last.jobs, job)) {
      last.jobs.push(job)
      last.gas += gas
    } else {
      const next = { purpose, jobs: [job], gas: gas + gasOfCourier }
      open.set(purpose, next)
      packed.push(next)
    }
  }
  return packed
}

const room = (transactionGasCap * keptBack) / 64n

/** Of one account an operation goes with the next transaction only once the one before has been carried out. */
function hasSender(jobs: readonly Job[], { operation }: Job): boolean {
  if (operation === undefined) return false
  return jobs.some((job) => job.operation?.operation.sender === operation.operation.sender)
}

/** The call that does it, and gas that surely suffices; null where only the node can tell. */
export function callOf(
  { jobs }: Parcel,
  { courier }: RelayedNetwork['contracts'],
): { readonly to: Address; readonly data: Hex; readonly gas: bigint | null } {
  const [first] = jobs
  if (first === undefined) throw new Error('a parcel without a job')
  const operations = jobs.flatMap(({ operation }) => (operation === undefined ? [] : [operation]))
  if (operations.length > 0) return { ...handling(operations), gas: gasToHandle(jobs) }
  if (jobs.length === 1 || courier === undefined) {
    const gas = first.gas === null ? null : first.gas + (first.gas * BigInt(first.attempts)) / 2n
    return { to: first.to, data: first.data, gas: gas === null ? null : capped(gas) }
  }
  const deliveries = jobs.map(({ to, data }) => ({ to, data }))
  const data = encodeFunctionData({ abi: courierAbi, functionName: 'deliver', args: [deliveries] })
  const gas = jobs.reduce((sum, job) => sum + (job.gas ?? 0n) + gasOfDelivery, gasOfCourier)
  return { to: courier, data, gas: capped((gas * 64n) / keptBack) }
}
