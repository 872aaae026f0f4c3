// Gas, storage and size are what others rely on without saying so: a change is made knowingly, or not at all.
import { describe, expect, test } from 'vitest'
import { differences, measures, remembered } from './support/snapshots.ts'

const toDo = 'meant: node scripts/generate.ts --snapshots, and commit what it writes; not meant: find what changed it'
const mostBytes = 24_576

describe('what is remembered of the contracts', () => {
  test.each(['gas', 'storage-layouts', 'sizes'] as const)('still holds: %s', { timeout: 120_000 }, async (name) => {
    expect(differences(remembered(name), await measures[name]()), toDo).toEqual([])
  })

  test('leaves every contract small enough to be deployed', async () => {
    const sizes = Object.entries(await measures.sizes())
    expect(sizes.length).toBeGreaterThan(8)
    for (const [name, bytes] of sizes) expect.soft(bytes, name).toBeLessThanOrEqual(mostBytes)
  })

  test('is compared figure by figure, down to a slot', () => {
    const was = { transfer: 37_706, layout: { storage: ['0+0 shops: uint256', '1+0 tills: uint256'] }, burn: 1 }
    const is = { transfer: 37_900, layout: { storage: ['0+0 shops: uint256', '2+0 tills: uint256'] }, mint: 2 }
    expect(differences(was, is)).toEqual([
      'transfer was 37706 and is 37900',
      'layout / storage / 1 was "1+0 tills: uint256" and is "2+0 tills: uint256"',
      'burn was 1 and is not there',
      'mint was not there and is 2',
    ])
  })
})
