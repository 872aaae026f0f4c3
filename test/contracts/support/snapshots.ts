// What the tree remembers of figures nobody should change without noticing.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { codeHashes } from '#contracts/generated.ts'
import { storageLayouts } from '../../../scripts/proof/solidity/layouts.ts'
import { testConfig } from '../../support/config.ts'
import { gasFigures } from './gas-figures.ts'

export type Snapshot = 'gas' | 'storage-layouts' | 'sizes'

const fileOf = (name: Snapshot): string => path.join(testConfig.root, 'test/contracts/snapshots', `${name}.json`)

/** How each figure is found anew: gas of the hot paths, where contracts keep what they hold, bytes of their code. */
export const measures: Readonly<Record<Snapshot, () => Promise<object>>> = {
  gas: async () => Object.fromEntries((await gasFigures()).map(({ name, gas }) => [name, gas])),
  'storage-layouts': storageLayouts,
  sizes: async () => Object.fromEntries(Object.entries(codeHashes).map(([name, { bytes }]) => [name, bytes])),
}

export function remembered(name: Snapshot): object {
  return JSON.parse(readFileSync(fileOf(name), 'utf8'))
}

export function remember(name: Snapshot, measured: object): void {
  writeFileSync(fileOf(name), `${JSON.stringify(measured, null, 2)}\n`)
}

/** Every figure that differs, as a sentence: what it was, and what it is. */
export function differences(was: unknown, is: unknown, place = ''): string[] {
  const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null
  if (isTree(was) && isTree(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    return keys.flatMap((key) =>
      differences(Reflect.get(was, key), Reflect.get(is, key), place === '' ? key : `${place} / ${key}`),
    )
  }
  if (was === is) return []
  const said = (value: unknown): string => (value === undefined ? 'not there' : JSON.stringify(value))
  return [`${place} was ${said(was)} and is ${said(is)}`]
}
