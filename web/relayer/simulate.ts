import { BaseError, decodeErrorResult, type Hex } from 'viem'
import { courierAbi } from '#contracts/generated.ts'
import { deadLetterCode } from './dead-letters.ts'
import { capped, type Job } from './job.ts'
import { type Block, NodeRefused, type Revert } from './node.ts'
import { endedElsewhere, failing, notTaken } from './operations.ts'
import { callOf, type Parcel } from './parcel.ts'
import { type Reason, reasonOf } from './reasons.ts'
import { refuseWishes } from './refuse.ts'
import { ownersCode, waitForOwner } from './revoked.ts'
import type { Street } from './street.ts'
import { noteTried, untriedSince } from './untried.ts'
import { nameOf } from './wishes.ts'

/** A no in a dry run must hold in so many different blocks: one may have lost what the call relies on. */
const refusalsNeeded = 3

export interface Simulated {
  /** Without those that the chain would refuse. */
  readonly parcel: Parcel
  readonly gas: bigint
}

/** What was refused in a dry run over this very block is not tried again before the next. */
export function triedAlready({ memory }: Street, head: Block, job: Job): boolean {
  return memory.refusedDry.get(nameOf(job.wishes))?.atBlock === head.number
}

/**
 * Tries the parcel without sending it, and leaves out by name what the chain would refuse; what it refuses again and
 * again is refused to whoever wished it. null where nothing is left.
 */
export async function simulate(street: Street, head: Block, parcel: Parcel): Promise<Simulated | null> {
  let left = await carriedOut(street, head, parcel.jobs)
  while (left.length > 0) {
    const trying = { ...parcel, jobs: left }
    const answer = await tried(street, head, trying)
    if (typeof answer === 'bigint') {
      for (const job of left) street.memory.refusedDry.delete(nameOf(job.wishes))
      await noteTried(
        street,
        left.map(({ wishes }) => wishes),
      )
      return { parcel: trying, gas: answer }
    }
    if (answer === null) return null
    if (answer.reason === null) street.memory.alone.add(nameOf(answer.job.wishes))
    else await doubt(street, head, answer.job, answer.reason)
    left = left.filter((job) => job !== answer.job)
  }
  return null
}

/** Without the operations that would be carried out for nothing. */
async function carriedOut(street: Street, head: Block, jobs: readonly Job[]): Promise<readonly Job[]> {
  const left: Job[] = []
  for (const job of jobs) {
    const reason = await failing(street, job)
    if (reason === null) left.push(job)
    else await doubt(street, head, job, reason)
  }
  return left
}

interface Refused {
  readonly job: Job
  /** null where it only takes more gas than it was reckoned to: it goes alone, with what the node says it takes. */
  readonly reason: Reason | null
}

/** Gas that suffices, or the first job that would be refused and why; null where the node will not try it at all. */
async function tried(street: Street, head: Block, parcel: Parcel): Promise<bigint | Refused | null> {
  const [first] = parcel.jobs
  if (first === undefined) return null
  try {
    const { to, data, gas } = callOf(parcel, street.network.contracts)
    const call = { from: first.only ?? street.asker, to, data }
    if (gas === null) return await estimated(street, call, first)
    const answer = await street.node.call({ ...call, gas }, 'latest')
    if (typeof answer === 'string') return gas
    if (parcel.jobs.length === 1) {
      const reason = (parcel.purpose === 'operate' ? notTaken(answer)?.reason : undefined) ?? reasonOf(answer)
      return lacksGas(reason) ? await estimated(street, call, first) : { job: first, reason }
    }
    const refusedThere = parcel.purpose === 'operate' ? notTaken(answer) : null
    const taking = refusedThere && parcel.jobs[refusedThere.place]
    if (refusedThere && taking) return { job: taking, reason: refusedThere.reason }
    const refused = notDelivered(answer)
    const job = refused && parcel.jobs[refused.place]
    // Where it is not said who it was, each alone will tell.
    if (!refused || !job) return { job: first, reason: null }
    const reason = reasonOf(refused.revert)
    return { job, reason: refused.revert.reverted === null || lacksGas(reason) ? null : reason }
  } catch (error) {
    if (!(error instanceof NodeRefused)) throw error
    await notTried(street, head, parcel, error)
    return null
  }
}

/**
 * What the node will not even try stops no other wish: each goes alone from now on, so that it is known which it is. It
 * is loud, and tried again with every block; after so long it is given up, for the operator to see.
 */
async function notTried(street: Street, head: Block, parcel: Parcel, { message }: NodeRefused): Promise<void> {
  const { memory, log, giveUpMs } = street
  const now = Date.now()
  for (const { wishes } of parcel.jobs) {
    const name = nameOf(wishes)
    const since = await untriedSince(street, wishes, now)
    memory.refusedDry.set(name, { times: memory.refusedDry.get(name)?.times ?? 0, atBlock: head.number })
    if (parcel.jobs.length > 1) memory.alone.add(name)
    else if (now - since >= giveUpMs) {
      memory.refusedDry.delete(name)
      await refuseWishes(street, wishes, {
        code: deadLetterCode,
        facts: { reason: `the node will not try it: ${message}` },
      })
      log.error({ event: 'wishes.givenUp', wishes: name, error: message }, 'the node would not try this: given up')
    }
  }
  const first = parcel.jobs[0] && nameOf(parcel.jobs[0].wishes)
  const facts = { event: 'wishes.notTried', wishes: first, jobs: parcel.jobs.length, error: message }
  log.error(facts, 'the node will not try this; again with the next block')
}

async function estimated(
  { node }: Street,
  call: Parameters<Street['node']['estimateGas']>[0],
  job: Job,
): Promise<bigint | Refused> {
  const gas = await node.estimateGas(call)
  if (typeof gas !== 'bigint') return { job, reason: reasonOf(gas) }
  // Between now and its block others may make it dearer; what came back for lack of gas gets more.
  return capped(gas + gas / 4n + 50_000n + (gas * BigInt(job.attempts)) / 2n)
}

const lacksGas = ({ facts }: Reason): boolean =>
  facts['error'] === 'TooLittleGas' || /out ?of ?gas/i.test(String(facts['reason'] ?? ''))

function notDelivered(revert: Revert): { readonly place: number; readonly revert: Revert } | null {
  if (revert.reverted === null) return null
  try {
    const decoded = decodeErrorResult({ abi: courierAbi, data: revert.reverted })
    const [place, reason] = decoded.args
    const reverted: Hex | null = decoded.errorName === 'NotDelivered' && reason !== '0x' ? reason : null
    return { place: Number(place), revert: { ...revert, reverted } }
  } catch (error) {
    if (error instanceof BaseError) return null
    throw error
  }
}

/** A pause ends, a till was switched off just now: the mirror will know of it, and nothing is refused for that. */
function waitsForTheMirror({ wishes }: Job, { code }: Reason): boolean {
  return code === 'issuingPaused' || (code === ownersCode && !('key' in wishes) && !wishes.countersigned)
}

async function doubt(street: Street, head: Block, job: Job, reason: Reason): Promise<void> {
  const { wishes } = job
  const { memory, log, metrics } = street
  const name = nameOf(wishes)
  const times = (memory.refusedDry.get(name)?.times ?? 0) + 1
  if (times < refusalsNeeded || waitsForTheMirror(job, reason)) {
    memory.refusedDry.set(name, { times, atBlock: head.number })
    const facts = { event: 'wishes.doubted', wishes: name, ...reason }
    log.warn(facts, 'the chain would refuse this; tried again with the next block')
    return
  }
  memory.refusedDry.delete(name)
  memory.alone.delete(name)
  if (job.operation !== undefined && (await endedElsewhere(street, head, job))) return
  if (reason.code === ownersCode && !('key' in wishes)) return await waitForOwner(street, wishes, reason)
  await refuseWishes(street, wishes, reason)
  metrics.refused(reason.code)
  log.warn({ event: 'wishes.refused', wishes: name, ...reason }, 'refused')
}
