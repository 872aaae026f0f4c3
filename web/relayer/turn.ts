import { causeCompletions } from './account-orders.ts'
import { collect } from './collect.ts'
import { finish } from './finish.ts'
import { retryFunded } from './funding.ts'
import type { Job } from './job.ts'
import type { Block } from './node.ts'
import { type Parcel, parcels } from './parcel.ts'
import { inGroups, type LaneStanding, reconcile } from './reconcile.ts'
import { simulate, triedAlready } from './simulate.ts'
import type { Street } from './street.ts'
import { bytes } from './submissions.ts'
import { submit } from './submit.ts'

/** So many transactions of one key may wait for a block at once: several blocks' worth, within what nodes keep. */
const mostWaiting = 32
/**
 * Of these so many lists of purchases, a block's worth or two: transactions of one sender are mined in the order of
 * their numbers, so a payment made while past sales are brought in waits behind no more than these.
 */
const mostListsWaiting = 10
/** Dry runs asked for at the same time. */
const dryRunsAtOnce = 4
/** A lane whose first transaction waits for so many blocks is given nothing more while another moves. */
const stuckAfterBlocks = 3n

/** One round: what the chain did is noted, what is wished is sent, what has ended is told. Answers what it sent. */
export async function turn(street: Street): Promise<number> {
  const { head, lanes } = await reconcile(street)
  await retryFunded(street)
  await causeCompletions(street)
  const ready = await readyLanes(street, head, lanes)
  const jobs = await collect(street, {
    all: ready.reduce((sum, lane) => sum + lane.room, 0),
    lists: ready.reduce((sum, lane) => sum + Math.min(lane.room, lane.roomForLists), 0),
  })
  const sent = await sendAll(street, { head, ready, jobs })
  await finish(street, head)
  return sent
}

interface ReadyLane extends LaneStanding {
  room: number
  roomForLists: number
  readonly numbers: Generator<bigint, never>
  nonce: bigint
}

/** The lanes that may take on something, with the numbers that are free in each. */
async function readyLanes(street: Street, head: Block, lanes: readonly LaneStanding[]): Promise<ReadyLane[]> {
  const working = lanes.filter(({ lane }) => !lane.retiring)
  const moving = working.filter(({ lane: { memory } }) => {
    return memory.waitingSince === null || head.number - memory.waitingSince.block < stuckAfterBlocks
  })
  const ready: ReadyLane[] = []
  for (const standing of moving.length > 0 ? moving : working) {
    const room = mostWaiting - standing.waiting
    if (room <= 0) continue
    const roomForLists = mostListsWaiting - standing.waitingLists
    const numbers = freeNumbers(await usedNumbers(street, standing), standing.minedCount)
    ready.push({ ...standing, room, roomForLists, numbers, nonce: numbers.next().value })
  }
  return ready
}

interface Sending {
  readonly head: Block
  readonly ready: readonly ReadyLane[]
  readonly jobs: readonly Job[]
}

async function sendAll(street: Street, { head, ready, jobs }: Sending): Promise<number> {
  const untried = jobs.filter((job) => !triedAlready(street, head, job))
  let sent = 0
  for (const few of inGroups(parcels(untried, street.network.contracts), dryRunsAtOnce)) {
    const roomy = few.filter((parcel) => laneFor(ready, parcel) !== undefined)
    const simulated = await Promise.all(roomy.map((parcel) => simulate(street, head, parcel)))
    for (const tried of simulated) {
      const lane = tried && laneFor(ready, tried.parcel)
      if (!tried || !lane || !(await submit(street, lane.lane, { head, ...tried, nonce: lane.nonce }))) continue
      lane.nonce = lane.numbers.next().value
      lane.room -= 1
      if (tried.parcel.purpose === 'issue') lane.roomForLists -= 1
      sent += 1
    }
  }
  return sent
}

/** The lane with the most room for it, of those whose key may bring it. */
function laneFor(ready: readonly ReadyLane[], { purpose, jobs }: Parcel): ReadyLane | undefined {
  const only = jobs[0]?.only
  return ready
    .filter(({ lane }) => only === undefined || lane.account.address === only)
    .filter((lane) => lane.room > 0 && (purpose !== 'issue' || lane.roomForLists > 0))
    .reduce<ReadyLane | undefined>((best, lane) => (best && best.room >= lane.room ? best : lane), undefined)
}

async function usedNumbers({ database }: Street, { lane, minedCount }: LaneStanding): Promise<ReadonlySet<bigint>> {
  const { rows } = await database.query<{ nonce: bigint }>({
    name: 'used numbers',
    text: 'SELECT s.nonce FROM portal.submission s WHERE s.sender = $1 AND s.nonce >= $2',
    values: [bytes(lane.account.address), minedCount],
  })
  return new Set(rows.map((row) => row.nonce))
}

/** The numbers no transaction has yet, lowest first: a gap would keep everything behind it waiting for ever. */
function* freeNumbers(used: ReadonlySet<bigint>, from: bigint): Generator<bigint, never> {
  for (let nonce = from; ; nonce += 1n) if (!used.has(nonce)) yield nonce
}
