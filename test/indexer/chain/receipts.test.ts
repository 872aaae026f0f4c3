import { createMPT } from '@ethereumjs/mpt'
import fc from 'fast-check'
import { type Hex, hexToBytes, numberToHex, toHex, toRlp } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveLogs } from '#indexer/chain/by-receipts.ts'
import { type Header, readHeader } from '#indexer/chain/header.ts'
import { type ReceiptAnswer, receiptsRoot } from '#indexer/chain/receipts.ts'
import { indexTrieRoot } from '#indexer/chain/trie.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { emptyBloom, emptyReceiptsRoot, firstTransaction, withOneTransfer } from './known-blocks.ts'

const place = { transactionHash: '0x', transactionIndex: '0x0', blockHash: '0x' } as const

describe('the root of a block’s receipts', () => {
  test('without any is the empty trie’s', () => {
    expect(receiptsRoot([])).toBe(emptyReceiptsRoot)
  })

  test('of the first transaction there ever was', () => {
    const { gas, stateRoot } = firstTransaction
    const receipt = { root: stateRoot, cumulativeGasUsed: gas, logsBloom: emptyBloom, logs: [], ...place }
    expect(receiptsRoot([receipt])).toBe(firstTransaction.receiptsRoot)
  })

  test('of a single transfer of our days', () => {
    const receipt = { status: '0x1', cumulativeGasUsed: '0x5208', logsBloom: emptyBloom, logs: [], ...place } as const
    expect(receiptsRoot([{ ...receipt, type: '0x0' }])).toBe(withOneTransfer['receiptsRoot'])
    expect(receiptsRoot([{ ...receipt, type: '0x2' }])).not.toBe(withOneTransfer['receiptsRoot'])
  })
})

/** The root by a trie that others made. */
async function theirRoot(values: readonly Uint8Array[]): Promise<Hex> {
  const trie = await createMPT()
  for (const [index, value] of values.entries()) {
    await trie.put(hexToBytes(toRlp(index === 0 ? '0x' : evenHex(index))), value)
  }
  return toHex(trie.root())
}

const evenHex = (number: number): Hex => {
  const digits = number.toString(16)
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`
}

const hexOf = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((given) => toHex(given))
const anyLog = fc.record({
  address: hexOf(20),
  topics: fc.array(hexOf(32), { maxLength: 4 }),
  data: fc.uint8Array({ maxLength: 300, size: 'max' }).map((given) => toHex(given)),
})
const anyReceipt: fc.Arbitrary<ReceiptAnswer> = fc.record({
  type: fc.integer({ min: 0, max: 4 }).map((kind) => numberToHex(kind)),
  status: fc.constantFrom('0x0', '0x1'),
  cumulativeGasUsed: fc.bigInt(0n, 2n ** 40n).map((gas) => numberToHex(gas)),
  logsBloom: hexOf(256),
  logs: fc.array(anyLog, { maxLength: 5 }),
  transactionHash: hexOf(32),
  transactionIndex: fc.constant('0x0'),
  blockHash: hexOf(32),
})

/** A receipt's encoding by viem's RLP. */
function theirEncoding(receipt: ReceiptAnswer): Uint8Array {
  const plain = (quantity: Hex): Hex => (BigInt(quantity) === 0n ? '0x' : evenQuantity(quantity))
  const list = toRlp([
    plain(receipt.status ?? '0x0'),
    plain(receipt.cumulativeGasUsed),
    receipt.logsBloom,
    receipt.logs.map(({ address, topics, data }) => [address, [...topics], data]),
  ])
  const kind = Number(receipt.type)
  return Uint8Array.from([...(kind === 0 ? [] : [kind]), ...hexToBytes(list)])
}

const evenQuantity = (hex: Hex): Hex => (hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`)

describe('held against a trie that others made', () => {
  test('receipts of every kind have the same root', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyReceipt, { maxLength: 12 }), async (receipts) => {
        expect(receiptsRoot(receipts)).toBe(await theirRoot(receipts.map(theirEncoding)))
      }),
      { numRuns: 40 },
    )
  })

  test.each([1, 2, 16, 17, 127, 128, 129, 200, 255, 256, 257, 300, 700])('%i small values too', async (count) => {
    const values = Array.from({ length: count }, (_, index) => Uint8Array.of(1 + (index % 250), index >> 8))
    const root = indexTrieRoot(count, (writer, index) => writer.raw(values[index] ?? new Uint8Array()))
    expect(toHex(root)).toBe(await theirRoot(values))
  })

  test('and so have more than a byte can count', async () => {
    const values = Array.from({ length: 66_000 }, (_, index) => new Uint8Array(40).fill(index % 251))
    const root = indexTrieRoot(values.length, (writer, index) => writer.raw(values[index] ?? new Uint8Array()))
    const first = indexTrieRoot(values.length - 1, (writer, index) => writer.raw(values[index] ?? new Uint8Array()))
    expect(toHex(root)).not.toBe(toHex(first))
  })
})

describe('on a chain of our own', () => {
  let chain: TestChain
  let header: Header
  let receipts: readonly ReceiptAnswer[]
  beforeAll(async () => {
    chain = await testChain()
    const block = await mixedBlock()
    const read = readHeader(block.header)
    if (read === undefined || 'forged' in read) throw new Error('the header is none')
    header = read
    receipts = block.receipts
  })
  afterAll(() => chain?.stop())

  /** A block with legacy, access-list, dynamic-fee and set-code transactions, each of which says something. */
  async function mixedBlock(): Promise<{ header: unknown; receipts: readonly ReceiptAnswer[] }> {
    // Says under one topic what it was sent.
    const to = `0x${'a1'.repeat(20)}` as const
    await chain.ask('anvil_setCode', [to, '0x365f5f37602a365fa100'])
    const [from] = await chain.ask<Hex[]>('eth_accounts')
    const sender = privateKeyToAccount(`0x${'5'.repeat(64)}`)
    await chain.ask('anvil_setBalance', [sender.address, '0xffffffffffffffff'])
    const authorization = await sender.signAuthorization({ address: to, chainId: 31337, nonce: 1 })
    const setCode = await sender.signTransaction({
      type: 'eip7702',
      chainId: 31337,
      nonce: 0,
      to,
      data: '0x77',
      gas: 200_000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      authorizationList: [authorization],
    })
    const plain = { from, to, gas: '0x30d40', data: '0x1234' }
    await chain.ask('eth_sendTransaction', [{ ...plain, gasPrice: '0x0', type: '0x0' }])
    await chain.ask('eth_sendTransaction', [{ ...plain, gasPrice: '0x0', accessList: [], type: '0x1' }])
    await chain.ask('eth_sendTransaction', [
      { ...plain, maxFeePerGas: '0x0', maxPriorityFeePerGas: '0x0', type: '0x2', data: `0x${'ab'.repeat(90)}` },
    ])
    await chain.ask('eth_sendRawTransaction', [setCode])
    await chain.mine()
    const header = await chain.ask('eth_getBlockByNumber', ['latest', false])
    return { header, receipts: await chain.ask('eth_getBlockReceipts', ['latest']) }
  }

  test('receipts of all kinds prove their logs, and no change to them does', () => {
    expect(receipts.map(({ type }) => type).toSorted()).toEqual(['0x0', '0x1', '0x2', '0x4'])
    const proof = proveLogs(header, receipts)
    expect(proof).toMatchObject({ logs: [0, 1, 2, 3].map((logIndex) => ({ logIndex })) })
    // An answer in another order is the same answer.
    expect(proveLogs(header, receipts.toReversed())).toEqual(proof)

    // Nor does it matter how the text is laid out, or in which order the names come.
    const backwards = receipts.map((receipt) => Object.fromEntries(Object.entries(receipt).reverse()))
    expect(proveLogs(header, Buffer.from(JSON.stringify(backwards, null, 2)))).toEqual(proof)
    const proven = typeof proof === 'object' && 'logs' in proof ? proof.logs : []
    expect(proven.map(({ address, topics, data }) => ({ address, topics, data }))).toEqual(
      receipts.flatMap(({ logs }) => logs.map(({ address, topics, data }) => ({ address, topics, data }))),
    )

    const [one, ...others] = receipts
    const log = one?.logs[0]
    if (one === undefined || log === undefined) throw new Error('nothing was said')
    const liar = (changed: object) => proveLogs(header, [{ ...one, ...changed }, ...others])
    const lies: readonly unknown[] = [
      liar({ logs: [] }),
      liar({ logs: [log, log] }),
      liar({ logs: [{ ...log, data: '0x00' }] }),
      liar({ logs: [{ ...log, address: `0x${'9'.repeat(40)}` }] }),
      liar({ logs: [{ ...log, topics: [] }] }),
      liar({ status: '0x0' }),
      liar({ type: '0x3' }),
      liar({ cumulativeGasUsed: '0x1' }),
      liar({ logsBloom: emptyBloom }),
      liar({ transactionHash: `0x${'9'.repeat(64)}` }),
      liar({ logs: 7 }),
      liar({ logs: [{ ...log, data: '0xnothing!' }] }),
      proveLogs(header, others),
      proveLogs(header, []),
      proveLogs(header, { no: 'list' }),
    ]
    for (const lie of lies) expect(lie).toMatchObject({ refused: 'lied', at: header.number })
  })

  test('receipts of another block, or taken back, are a chain that moves', () => {
    const elsewhere = receipts.map((receipt) => ({ ...receipt, blockHash: `0x${'8'.repeat(64)}` as const }))
    expect(proveLogs(header, elsewhere)).toMatchObject({ refused: 'moved' })
    const removed = receipts.map((receipt) => ({
      ...receipt,
      logs: receipt.logs.map((log) => ({ ...log, removed: true })),
    }))
    expect(proveLogs(header, removed)).toMatchObject({ refused: 'moved' })
    expect(proveLogs(header, Buffer.from(JSON.stringify(removed, null, 2)))).toMatchObject({ refused: 'moved' })
    expect(proveLogs(header, null)).toMatchObject({ refused: 'behind' })
  })

  test('receipts of a kind not known prove nothing, and say so', () => {
    const [one, ...others] = receipts
    expect(proveLogs(header, [{ ...one, type: '0x7e' }, ...others])).toBe('unknownKind')
  })
})
