import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clearingHouseSlots, pointsSlots } from '#indexer/audit/storage-slots.ts'
import { testConfig } from '#test/support/config.ts'

test('what is proven stands where the compiler puts it', () => {
  const file = join(testConfig.root, 'test', 'contracts', 'snapshots', 'storage-layouts.json')
  const layouts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { storage: readonly string[] }>
  const points = layouts['ShopPoints']?.storage
  expect(points).toContain(`${pointsSlots.supply}+0 _supply: Lanes`)
  expect(points).toContain(`${pointsSlots.accounts}+0 _accounts: mapping(address => struct ShopPoints.Account)`)
  expect(points).toContain(`${pointsSlots.debtOf}+0 debtOf: mapping(address => uint256)`)
  const positions = `${clearingHouseSlots.positions}+0 _positions: mapping(uint32 => PositionWord)`
  expect(layouts['ClearingHouse']?.storage).toContain(positions)
})
