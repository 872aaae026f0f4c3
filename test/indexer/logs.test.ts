import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretsIn, withheld } from '#indexer/db/discretion.ts'
import { type TestChain, testChain } from '#test/support/chain.ts'
import { deploymentFile, type RunningIndexer, startIndexer } from '#test/support/indexer.ts'
import { deployNetwork, type TestNetwork } from '#test/support/network.ts'
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts'

let chain: TestChain
let network: TestNetwork
let database: TestDatabase
const started: RunningIndexer[] = []

beforeAll(async () => {
  chain = await testChain()
  network = await deployNetwork(chain, { shops: 1, members: 1 })
  database = await testDatabase()
})

afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGKILL')
    await ended
  }
  await chain?.stop()
  await database?.drop()
})

test('a node’s key and a password are in no line, though nothing answers there', async () => {
  const address = 'http://meterReader:hunter2hunter2@127.0.0.1:9/v3/0123456789abcdefKEY?token=tellNobodyThis'
  const indexer = startIndexer(['follow'], {
    INDEXER_DATABASE_URL: database.urls.indexer,
    RPC_URL: address,
    DEPLOYMENT_FILE: deploymentFile(network.deployment(true)),
    LOG_LEVEL: 'trace',
  })
  started.push(indexer)
  await indexer.said('waiting for the node')
  indexer.child.kill('SIGTERM')
  const { output, complaint } = await indexer.ended
  const password = new URL(database.urls.indexer).password
  for (const secret of ['hunter2', '0123456789abcdef', 'tellNobodyThis', 'meterReader', password]) {
    expect(output + complaint).not.toContain(secret)
  }
  expect(output).toContain('"event":"node.awaited"')
})

test('what lets its reader in is found in any address, however it is spelled', () => {
  const secrets = secretsIn([
    'postgresql://web:p%40ssw0rd@db:5432/street',
    'https://n.example/key-1234567/?k=abcdef9',
    '-',
  ])
  const line = withheld(secrets)(
    'p%40ssw0rd p@ssw0rd https://n.example/key-1234567/?k=abcdef9 postgresql://web@db/street',
  )
  expect(line).toBe('[withheld] [withheld] https://n.example/[withheld]/?k=[withheld] postgresql://web@db/street')
})
