import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { connect } from '#indexer/db/connection.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { startBetween } from '../../scripts/bench/mirror/between.ts'
import { noReceipts, oneTransferMissing } from '../../scripts/bench/mirror/meddlers.ts'
import { usedByFamily } from '../../scripts/bench/mirror/processes.ts'
import { transferTopic } from '../../scripts/bench/mirror/topics.ts'
import { differences } from '../../scripts/bench/mirror/truth.ts'

interface Question {
  readonly id: number
  readonly method: string
}

/** A node that answers every question with its own name. */
const node = createServer((question, answer) => {
  let body = ''
  question.on('data', (piece: Buffer) => {
    body += piece.toString()
  })
  question.on('end', () => {
    const asked = JSON.parse(body) as Question | Question[]
    const say = ({ id, method }: Question) => ({ jsonrpc: '2.0', id, result: method })
    answer.end(JSON.stringify(Array.isArray(asked) ? asked.map(say) : say(asked)))
  })
})
await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
const through = await startBetween(`http://127.0.0.1:${(node.address() as AddressInfo).port}`, noReceipts)

afterAll(async () => {
  await through.close()
  node.closeAllConnections()
  node.close()
})

async function ask(body: unknown): Promise<unknown> {
  const answer = await fetch(through.url, { method: 'POST', body: JSON.stringify(body) })
  return await answer.json()
}

describe('the node without receipts that the unproven indexer reads', () => {
  test('passes on what it is asked', async () => {
    expect(await ask({ id: 7, method: 'eth_getLogs' })).toEqual({ jsonrpc: '2.0', id: 7, result: 'eth_getLogs' })
  })

  test('refuses receipts, and answers what was asked along with them', async () => {
    const questions = [
      { id: 1, method: 'eth_getBlockByNumber' },
      { id: 2, method: 'eth_getBlockReceipts' },
    ]
    const answers = (await ask(questions)) as readonly { id: number; result?: string; error?: { code: number } }[]
    expect(answers.find(({ id }) => id === 1)?.result).toBe('eth_getBlockByNumber')
    expect(answers.find(({ id }) => id === 2)?.error?.code).toBe(-32_601)
  })
})

describe('the node that leaves a transfer out', () => {
  const transfer = (amount: number) => ({ topics: [transferTopic], amount })
  const other = { topics: ['0x1'] }
  const told = (method: string, result: unknown) =>
    oneTransferMissing.change?.({ id: 1, method }, { id: 1, result })?.result

  test('leaves one of several out, in logs and in receipts alike', () => {
    expect(told('eth_getLogs', [transfer(1), other, transfer(2), transfer(3)])).toEqual([
      transfer(1),
      other,
      transfer(3),
    ])
    const receipts = [{ logs: [other] }, { logs: [transfer(1), transfer(2)] }, { logs: [transfer(3), transfer(4)] }]
    expect(told('eth_getBlockReceipts', receipts)).toEqual([receipts[0], { logs: [transfer(1)] }, receipts[2]])
  })

  test('leaves a single one', () => {
    expect(told('eth_getLogs', [other, transfer(1)])).toEqual([other, transfer(1)])
  })
})

describe('books held against the chain', () => {
  const held = (rows: string) => ({
    newestBlock: 'SELECT 1 AS number',
    newestHash: "SELECT 1 AS number, '0x1' AS hash",
    balances: `SELECT * FROM (VALUES ${rows}) held (token, account, amount)`,
    transfers: 'SELECT 3 AS count',
  })
  const balances = new Map([
    ['0xa 0x1', 5n],
    ['0xa 0x2', 0n],
  ])
  const truth = { balances, transfers: 3 }

  test.each([
    { what: 'the same', rows: "('0xa', '0x1', '5')", says: [] },
    { what: 'one unit more', rows: "('0xa', '0x1', '6')", says: ['0xa 0x1: 6; the chain has 5'] },
    { what: 'somebody else', rows: "('0xa', '0x1', '5'), ('0xa', '0x3', '1')", says: ['0xa 0x3: held'] },
    { what: 'another token', rows: "('0xb', '0x1', '5')", says: ['0xa 0x1: 0; the chain has 5', '0xb 0x1: held'] },
    { what: 'a row twice', rows: "('0xa', '0x1', '5'), ('0xa', '0x1', '5')", says: ['1 balances stand twice'] },
  ])('$what', async ({ rows, says }) => {
    const { urls, drop } = await testDatabase()
    const client = await connect(urls.owner, 'DATABASE_URL')
    try {
      const found = await differences(client, held(rows), truth)
      expect(found).toEqual(says.map((text) => expect.stringContaining(text)))
      const more = await differences(client, held(rows), { ...truth, transfers: 4 })
      expect(more).toContain('3 transfers; the chain has 4')
    } finally {
      await client.end()
      await drop()
    }
  })
})

test('what a process and its children use is counted', () => {
  const used = usedByFamily(process.pid)
  expect(used.megabytes).toBeGreaterThan(10)
  expect(used.cpuSeconds).toBeGreaterThan(0)
})
