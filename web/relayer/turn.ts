import { collect, type Job } from './collect.ts'
import { finish } from './finish.ts'
import { retryFunded } from './funding.ts'
import type { Block } from './node.ts'
import { inGroups, type Reconciled, reconcile } from './reconcile.ts'
import type { Street } from './street.ts'
import { bytes } from './submissions.ts'
import { simulate, submit } from './submit.ts'
import { nameOf } from './wishes.ts'

/** So many transactions may wait for a block at once: several blocks' worth, within what nodes keep of one sender. */
const mostWaiting = 32
/**
 * Of these so many lists of purchases, a block's worth or two: transactions of one sender are mined in the order of
 * their numbers, so a payment made while past sales are brought in waits behind no more than these.
 */
const mostListsWaiting = 10
/** Dry runs asked for at the same time. */
const dryRunsAtOnce = 4

/** One round: what the chain did is noted, what is wished is sent, what has ended is told. Answers what it sent. */
export async function turn(street: Street): Promise<number> {
  const reconciled = await reconcile(street)
  await retryFunded(street)
  const jobs = await collect(street, {
    all: mostWaiting - reconciled.waiting,
    lists: mostListsWaiting - reconciled.waitingLists,
  })
  const sent = jobs.length === 0 ? 0 : await sendAll(street, reconciled, jobs)
  await finish(street, reconciled.head)
  return sent
}

async function sendAll(street: Street, reconciled: Reconciled, jobs: readonly Job[]): Promise<number> {
  const { head, minedCount } = reconciled
  const numbers = freeNumbers(await usedNumbers(street, minedCount), minedCount)
  let nonce = numbers.next().value
  let sent = 0
  for (const few of inGroups(jobs, dryRunsAtOnce)) {
    const simulated = await Promise.all(few.map((job) => simulateAlone(street, head, job)))
    for (const { job, gas } of simulated) {
      if (gas === null || !(await submit(street, head, { job, gas, nonce }))) continue
      nonce = numbers.next().value
      sent += 1
    }
  }
  return sent
}

/** What the node will not even try stops no other wish; it is loud, and stays where it is. */
async function simulateAlone(street: Street, head: Block, job: Job): ReturnType<typeof simulate> {
  try {
    return await simulate(street, head, job)
  } catch (error) {
    if (error instanceof Error && error.name === 'NodeRefused') {
      const name = nameOf(job.wishes)
      const times = street.memory.refusedDry.get(name)?.times ?? 0
      street.memory.refusedDry.set(name, { times, atBlock: head.number })
      const facts = { event: 'wishes.notTried', wishes: name, error: error.message }
      street.log.error(facts, 'the node will not try this; again with the next block')
      return { job, gas: null }
    }
    throw error
  }
}

async function usedNumbers({ database, account }: Street, minedCount: bigint): Promise<ReadonlySet<bigint>> {
  const { rows } = await database.query<{ nonce: bigint }>({
    name: 'used numbers',
    text: 'SELECT s.nonce FROM portal.submission s WHERE s.sender = $1 AND s.nonce >= $2',
    values: [bytes(account.address), minedCount],
  })
  return new Set(rows.map((row) => row.nonce))
}

/** The numbers no transaction has yet, lowest first: a gap would keep everything behind it waiting for ever. */
function* freeNumbers(used: ReadonlySet<bigint>, from: bigint): Generator<bigint, never> {
  for (let nonce = from; ; nonce += 1n) if (!used.has(nonce)) yield nonce
}
