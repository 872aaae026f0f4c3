import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { failPoints } from '#indexer/ledger/fail-point.ts'
import { testConfig } from '#test/support/config.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { Chance } from '#test/support/traffic.ts'
import { TroubledMirror } from '#test/support/troubled-mirror.ts'

/** The indexer killed as a power cut would, at any place, with a node that is not what it seems. */

// Processes begin slowly where others use the machine; how long the mirror is waited for is another limit.
vi.setConfig({ testTimeout: 180_000 })

const seed = `killed ${testConfig.seed}`
const chance = new Chance(seed)
let mirror: TroubledMirror

beforeAll(async () => {
  console.log(`seed "${seed}"`)
  const database = await testDatabase()
  const shelf = {
    urls: database.urls,
    fresh: async () => {
      const { urls, drop } = await testDatabase()
      return { url: urls.indexer, drop }
    },
  }
  const rates = {
    busy: 0.05,
    cut: 0.05,
    garbled: 0.05,
    shuffled: 0.2,
    lagging: 0.1,
    logDropped: 0.05,
    hashChanged: 0.05,
  }
  mirror = await TroubledMirror.open({ seed, shelf, rates })
})

afterAll(async () => {
  await mirror?.close()
})

afterEach(() => mirror.kill())
beforeEach(() => mirror.leadRunsOut())

// The first end of a transaction is that of claiming the chain; the second is that of the first blocks.
const places = failPoints.map((point) => [point, point.includes('ommit') ? 2 : 1] as const)

test.each(places)(
  'killed at %s, the %d. time it is there, it loses nothing and doubles nothing',
  async (point, time) => {
    mirror.start({ point, time })
    for (let tries = 0; !(await mirror.failed(400)); tries += 1) {
      if (tries > 40) throw new Error(`${point} was not passed ${time} times`)
      await mirror.live(1 + chance.below(2))
      // A block at the tip is one statement; piece by piece is written what replaces others, or what is much.
      if (/^branch|Written$/.test(point)) await mirror.fork(1 + chance.below(3))
    }
    await mirror.leadRunsOut()
    await mirror.followHere()
    expect(await mirror.differences()).toEqual([])
  },
)

test('killed six times at random while the street lives and forks, the books are the chain’s', async () => {
  for (let kill = 0; kill < 6; kill += 1) {
    mirror.start()
    await mirror.live(2)
    if (chance.below(2) === 0) await mirror.fork(1 + chance.below(8))
    await sleep(500 + chance.below(700))
    await mirror.kill()
    await mirror.leadRunsOut()
  }
  mirror.start()
  await mirror.mirrored()
  expect(await mirror.differences()).toEqual([])
  const { watched } = mirror.reader
  console.log(`${mirror.count.killed} kills, ${watched.readings} readings, ${JSON.stringify([...mirror.faults])}`)
  expect(watched.readings).toBeGreaterThan(20)
  expect(mirror.count.statesCompared).toBeGreaterThan(5)
  expect(mirror.faults.size).toBeGreaterThan(2)
})
