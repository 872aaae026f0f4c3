const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { parseArgs } = require('node:util')
const { EvmBatchProcessor } = require('@subsquid/evm-processor')
const evm = require('@subsquid/evm-abi')
const { TypeormDatabase } = require('@subsquid/typeorm-store')
const pg = require('pg')
const { In } = require('typeorm')
const { Balance, Block, Transfer } = require('./lib/model')

const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'
const nobody = `0x${'0'.repeat(40)}`
const { address, uint256 } = require('@subsquid/evm-codec')
const transferEvent = evm.event(transferTopic, 'Transfer(address,address,uint256)', {
  from: evm.indexed(address),
  to: evm.indexed(address),
  value: uint256,
})

const { values: asked } = parseArgs({
  options: {
    rpc: { type: 'string' },
    database: { type: 'string' },
    consortium: { type: 'string' },
    admitted: { type: 'string' },
    start: { type: 'string' },
    confirmations: { type: 'string' },
  },
})

const processor = new EvmBatchProcessor()
  .setRpcEndpoint({ url: asked.rpc, capacity: 10, maxBatchCallSize: 100 })
  .setRpcDataIngestionSettings({ headPollInterval: 100 })
  .setFinalityConfirmation(Number(asked.confirmations))
  .setFields({ block: { timestamp: true }, log: { transactionHash: true } })
  .setBlockRange({ from: Number(asked.start) })
  .includeAllBlocks()
  .addLog({ address: [asked.consortium], topic0: [asked.admitted] })
  // Tokens yet to be made have no address to ask for: all are asked for, and others' left out below.
  .addLog({ topic0: [transferTopic] })

const tokens = new Set()

async function main() {
  const client = new pg.Client({ connectionString: asked.database })
  await client.connect()
  await client.query(readFileSync(join(__dirname, 'schema.sql'), 'utf8'))
  await client.end()
  const database = new TypeormDatabase({ supportHotBlocks: true, projectDir: __dirname })
  processor.run(database, async ({ blocks, store }) => {
    const made = rowsOf(blocks)
    const known = await store.findBy(Balance, { id: In([...made.changes.keys()]) })
    const balances = new Map(known.map((balance) => [balance.id, balance]))
    for (const [id, { token, account, change }] of made.changes) {
      const balance = balances.get(id) ?? new Balance({ id, token, account, amount: 0n })
      balance.amount += change
      balances.set(id, balance)
    }
    await store.insert(made.blocks)
    await store.insert(made.transfers)
    await store.upsert([...balances.values()])
  })
}

function rowsOf(blocks) {
  const made = { blocks: [], transfers: [], changes: new Map() }
  for (const { header, logs } of blocks) {
    const { id, height: number, hash, parentHash, timestamp } = header
    made.blocks.push(new Block({ id, number, hash, parentHash, time: BigInt(timestamp) }))
    for (const log of logs) {
      if (log.address === asked.consortium && log.topics[0] === asked.admitted) {
        tokens.add(`0x${log.topics[2].slice(26)}`)
      } else if (tokens.has(log.address) && log.topics[0] === transferTopic) {
        transferred(made, number, log)
      }
    }
  }
  return made
}

function transferred(made, blockNumber, log) {
  const { from, to, value: amount } = transferEvent.decode(log)
  const { id, logIndex, transactionHash, address: token } = log
  made.transfers.push(new Transfer({ id, blockNumber, logIndex, transactionHash, token, from, to, amount }))
  for (const [account, moved] of [
    [from, -amount],
    [to, amount],
  ]) {
    if (account === nobody) continue
    const key = `${token}-${account}`
    const change = made.changes.get(key)?.change ?? 0n
    made.changes.set(key, { token, account, change: change + moved })
  }
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
