import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { testConfig } from '#test/support/config.ts'
import { OwnPostgres, type Roomless } from '#test/support/own-postgres.ts'
import { Chance } from '#test/support/traffic.ts'
import { TroubledMirror } from '#test/support/troubled-mirror.ts'

/** PostgreSQL killed, full, locked or replaced while the mirror is written; one indexer lives through all of it. */

// Processes begin slowly where others use the machine; how long the mirror is waited for is another limit.
vi.setConfig({ testTimeout: 180_000 })

const seed = `database ${testConfig.seed}`
const chance = new Chance(seed)
let postgres: OwnPostgres
let mirror: TroubledMirror

beforeAll(async () => {
  console.log(`seed "${seed}"`)
  postgres = await OwnPostgres.start()
  const shelf = { urls: postgres.urls, fresh: () => postgres.fresh() }
  const rates = { busy: 0.05, garbled: 0.05, shuffled: 0.2, logDropped: 0.05, headerChanged: 0.05 }
  mirror = await TroubledMirror.open({ seed, shelf, rates })
  mirror.start()
})

beforeEach(async () => {
  await mirror.live(3)
  await mirror.mirrored()
})

afterAll(async () => {
  await mirror?.close()
  await postgres?.stop()
})

/** The mirror comes to the chain's newest block by itself, and is what books filled anew would be. */
async function expectTheChainsBooks(started = 1): Promise<void> {
  await mirror.live(2)
  await mirror.mirrored()
  expect(mirror.count).toMatchObject({ started, killed: started - 1 })
  expect(await mirror.differences()).toEqual([])
}

test.each([
  ['killed', 'SIGKILL'],
  ['told to drop everything', 'SIGQUIT'],
  ['restarted', 'SIGINT'],
] as const)('%s in the middle of the work, three times', async (_, ending) => {
  for (let restart = 0; restart < 3; restart += 1) {
    await mirror.live(2)
    if (chance.below(2) === 0) await mirror.fork(1 + chance.below(3))
    await sleep(chance.below(60))
    await postgres.restart(ending)
  }
  await expectTheChainsBooks()
})

test('the process that serves the indexer is killed, and the others recover', async () => {
  await mirror.live(2)
  await postgres.killBackend()
  await expectTheChainsBooks()
})

test('read-only for a while, it is waited for, and nobody ends', async () => {
  await postgres.refuseWrites()
  await mirror.live(2)
  await mirror.heard('database.unwritable')
  await postgres.takeWrites()
  await expectTheChainsBooks()
})

test.each<[Roomless]>([['event'], ['balance'], ['checkpoint']])('full when it comes to %s', async (table) => {
  await postgres.fill(table)
  await mirror.live(2)
  await mirror.heard('database.unwritable')
  await postgres.makeRoom(table)
  await expectTheChainsBooks()
})

test.each([
  ['that has everything', 'caughtUp'],
  ['that has not heard of the last blocks', 'behind'],
] as const)('another primary takes over %s', async (_, how) => {
  await postgres.follow()
  if (how === 'behind') postgres.fallBehind()
  await mirror.live(4)
  await mirror.mirrored()
  if (how === 'caughtUp') await postgres.caughtUp()
  await postgres.failOver(300)
  await expectTheChainsBooks()
})

test('read-only when the indexer is started, it is waited for', async () => {
  await mirror.kill()
  await postgres.refuseWrites()
  mirror.start()
  await mirror.heard('database.awaited')
  await postgres.takeWrites()
  await expectTheChainsBooks(2)
})
