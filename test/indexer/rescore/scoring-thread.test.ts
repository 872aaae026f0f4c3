import { afterEach, beforeEach, expect, test } from 'vitest'
import { ScoringThread } from '#indexer/rescore/scoring-thread.ts'
import { type JudgedStreet, judgedStreet } from './judged-street.ts'

let street: JudgedStreet
let thread: ScoringThread
let epoch: bigint | undefined

beforeEach(async () => {
  epoch = 1n
  street = await judgedStreet()
  thread = new ScoringThread({ url: street.indexerUrl, timeZone: 'UTC', epoch: () => epoch })
})
afterEach(async () => {
  await thread.close()
  await street.close()
})

const purchase = { shop: 1, member: 1, day: 10 }

test('scores as the rescorer does, and follows what it is told of', async () => {
  await street.mirrored(10, [purchase])
  expect(await thread.run()).toMatchObject({ kind: 'fit', members: 1 })
  expect(await thread.run()).toBeUndefined()
  await street.mirrored(10, [{ ...purchase, member: 2 }])
  thread.touch([1])
  expect(await thread.run()).toMatchObject({ kind: 'follow', members: 2 })
})

test('does nothing while another leads, and says what went wrong where it is told a wrong epoch', async () => {
  await street.mirrored(10, [purchase])
  epoch = undefined
  expect(await thread.run()).toBeUndefined()
  epoch = 7n
  await expect(thread.run()).rejects.toThrow('does not lead')
  epoch = 1n
  expect(await thread.run()).toMatchObject({ members: 1 })
})

test('once closed it answers that it has ended, and is gone', async () => {
  await thread.close()
  await expect(thread.run()).rejects.toThrow('ended')
})
