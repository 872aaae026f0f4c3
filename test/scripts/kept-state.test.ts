import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mendKeptState } from '../../scripts/street/chain.ts'
import { keyIn } from '../../scripts/street/keys.ts'

describe('the kept state of the chain', () => {
  const block = (number: number, timestamp: number) => {
    return { header: { number: `0x${number.toString(16)}`, timestamp: `0x${timestamp.toString(16)}` } }
  }
  const mended = (text: string, first: `0x${string}` | undefined = undefined): unknown => {
    const folder = mkdtempSync(join(tmpdir(), 'highstreet-state-'))
    const path = join(folder, 'chain.json')
    writeFileSync(path, text)
    const fit = mendKeptState(path, { time: 1_000, first })
    const left = readFileSync(path, 'utf8')
    rmSync(folder, { recursive: true })
    return fit ? JSON.parse(left) : 'unfit'
  }

  test('loses the first blocks that later loads have added, and nothing else', () => {
    const blocks = [block(1, 1_060), block(0, 9_000), block(0, 1_000), block(2, 1_120)]
    const state = { best_block_number: 2, accounts: { a: 1 }, blocks }
    expect(mended(JSON.stringify(state))).toEqual({ ...state, blocks: [blocks[0], blocks[2], blocks[3]] })
  })

  test('is unfit when it is another street’s, even of the same day', () => {
    const state = { blocks: [block(0, 1_000)], transactions: [{ info: { transaction_hash: '0xaa' } }] }
    expect(mended(JSON.stringify(state), '0xaa')).toEqual(state)
    expect(mended(JSON.stringify(state), '0xbb')).toBe('unfit')
  })

  test.each(['', '{"blocks":[', '{}', '{"blocks":[]}', '{"blocks":[{"header":null}]}', 'null'])(
    'is unfit when a kill cut it short: %j',
    (text) => {
      expect(mended(text)).toBe('unfit')
    },
  )
})

test('a key file that holds no key is named, and what it holds is not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'highstreet-key-'))
  const path = join(folder, 'relayer.key')
  writeFileSync(path, '0x12345 nearly a key')
  try {
    expect(() => keyIn(path)).toThrow(`${path} holds no private key`)
    expect(() => keyIn(path)).not.toThrow('12345')
    writeFileSync(path, `0x${'1f'.repeat(32)}\n`)
    expect(keyIn(path)).toBe(`0x${'1f'.repeat(32)}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
