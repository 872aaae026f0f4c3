import { setTimeout as sleep } from 'node:timers/promises'
import { failPoints } from '#indexer/ledger/fail-point.ts'
import type { FaultRates } from '#test/support/fault-proxy.ts'
import type { OwnPostgres, Roomless } from '#test/support/own-postgres.ts'
import type { Ending } from '#test/support/postgres-process.ts'
import type { Chance } from '#test/support/traffic.ts'
import type { TroubledMirror } from '#test/support/troubled-mirror.ts'

/** Those to whom things happen. */
export interface Victims {
  readonly mirror: TroubledMirror
  readonly postgres: OwnPostgres
  readonly chance: Chance
  /** Writes down what is done, before it is done. */
  note(what: string): void
}

/** What may happen to the mirror; each leaves everybody able to go on, without anybody's help but a new indexer's. */
export type Blow = (victims: Victims) => Promise<void>

/** A few blocks, and now and then another branch. */
export async function live({ mirror, chance, note }: Victims): Promise<void> {
  const blocks = 1 + chance.below(6)
  note(`${blocks} blocks`)
  for (let block = 0; block < blocks; block += 1) {
    await mirror.live(1)
    await sleep(chance.below(120))
  }
  if (chance.below(3) > 0) return
  const depth = Math.min(await mirror.deepestFork(), 1 + chance.below(chance.below(4) === 0 ? 60 : 6))
  note(`a fork of depth ${depth}`)
  await mirror.fork(depth)
}

async function killedAtAPoint(victims: Victims): Promise<void> {
  const { mirror, chance, note } = victims
  const point = chance.of(failPoints)
  const time = point === 'leading' ? 1 : 1 + chance.below(3)
  note(`the indexer is to die at ${point}, the ${time}. time`)
  await mirror.kill()
  mirror.start({ point, time })
  for (let tries = 0; !(await mirror.failed(300)); tries += 1) {
    if (tries === 12) {
      note('it did not come there in time, and is killed where it is')
      return await mirror.kill()
    }
    if (point.startsWith('branch')) await mirror.fork(Math.min(await mirror.deepestFork(), 1 + chance.below(8)))
    else await mirror.live(1)
  }
}

async function killedAtRandom(victims: Victims): Promise<void> {
  const { mirror, chance, note } = victims
  for (let left = 1 + chance.below(3); left > 0; left -= 1) {
    const ms = chance.below(1_500)
    note(`the indexer is killed ${ms} ms from now`)
    if (mirror.indexer === undefined) mirror.start()
    await live(victims)
    await sleep(ms)
    await mirror.kill()
  }
}

/** Another indexer waits; the one that leads dies. */
async function takenOver({ mirror, chance, note }: Victims): Promise<void> {
  const first = mirror.indexer
  if (first === undefined) return
  const ms = 500 + chance.below(1_500)
  note(`a second indexer comes, and the first is killed ${ms} ms later`)
  mirror.start()
  await sleep(ms)
  await mirror.kill(first)
}

const restarted =
  (ending: Ending, words: string): Blow =>
  async (victims) => {
    const { postgres, chance, note } = victims
    for (let left = 1 + chance.below(2); left > 0; left -= 1) {
      const ms = chance.below(120)
      note(`Postgres is ${words} ${ms} ms from now`)
      await live(victims)
      await sleep(ms)
      await postgres.restart(ending)
    }
  }

async function backendKilled(victims: Victims): Promise<void> {
  victims.note('the process of Postgres that serves the indexer is killed')
  await live(victims)
  await victims.postgres.killBackend()
}

async function cut(victims: Victims): Promise<void> {
  victims.note('every connection to Postgres is cut')
  await live(victims)
  victims.postgres.cutConnections()
}

async function bothKilled(victims: Victims): Promise<void> {
  const { mirror, postgres, note } = victims
  note('indexer and Postgres are killed at once')
  await live(victims)
  await Promise.all([mirror.kill(), postgres.restart('SIGKILL')])
}

async function readOnly(victims: Victims): Promise<void> {
  const { postgres, chance, note } = victims
  const ms = chance.below(3_000)
  note(`Postgres is read-only for ${ms} ms`)
  await postgres.refuseWrites()
  await live(victims)
  await sleep(ms)
  await postgres.takeWrites()
}

async function full(victims: Victims): Promise<void> {
  const { postgres, chance, note } = victims
  const table = chance.of<Roomless>(['block', 'event', 'balance', 'before_image', 'checkpoint'])
  const ms = chance.below(3_000)
  note(`Postgres has no room in ${table} for ${ms} ms`)
  await postgres.fill(table)
  await live(victims)
  await sleep(ms)
  await postgres.makeRoom(table)
}

const failedOver =
  (how: 'caughtUp' | 'behind'): Blow =>
  async (victims) => {
    const { mirror, postgres, chance, note } = victims
    const ms = chance.below(1_000)
    const words = how === 'caughtUp' ? 'everything' : 'not heard of the last blocks'
    note(`another primary, which has ${words}, takes over after ${ms} ms as a standby`)
    await postgres.follow()
    if (how === 'behind') postgres.fallBehind()
    await live(victims)
    // What is to be lost must have been there.
    await mirror.mirrored()
    if (how === 'caughtUp') await postgres.caughtUp()
    await postgres.failOver(ms)
  }

export const blows = {
  'M1 killed at a point': killedAtAPoint,
  'M1 killed at random': killedAtRandom,
  'M1 taken over': takenOver,
  'M1 + M3 both killed': bothKilled,
  'M3 Postgres killed': restarted('SIGKILL', 'killed'),
  'M3 Postgres told to drop everything': restarted('SIGQUIT', 'told to drop everything'),
  'M3 Postgres restarted': restarted('SIGINT', 'restarted'),
  'M3 a process of Postgres killed': backendKilled,
  'M3 connections cut': cut,
  'M12 read-only': readOnly,
  'M12 full': full,
  'M13 another primary': failedOver('caughtUp'),
  'M13 another primary, with less': failedOver('behind'),
} as const satisfies Record<string, Blow>

const faults = [
  ...(['busy', 'failing', 'cut', 'garbled', 'tooMuch', 'unanswered', 'shuffled', 'lagging', 'mixedHeights'] as const),
  ...(['atZero', 'logDropped', 'logChanged', 'logAdded', 'logDoubled', 'logRemoved'] as const),
  ...(['hashChanged', 'headerChanged'] as const),
]

/** Some of the faults, each of them more or less often; now and then a node that hangs. */
export function drawnRates(chance: Chance): FaultRates {
  const drawn = faults.filter(() => chance.below(3) === 0).map((fault) => [fault, (1 + chance.below(15)) / 100])
  return { ...Object.fromEntries(drawn), hanging: chance.below(4) === 0 ? 0.004 : 0 }
}
