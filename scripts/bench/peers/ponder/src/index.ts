import { ponder } from 'ponder:registry'
import { balance, block, transfer } from 'ponder:schema'
import { zeroAddress } from 'viem'

ponder.on('EveryBlock:block', async ({ event, context }) => {
  const { number, hash, parentHash, timestamp } = event.block
  await context.db.insert(block).values({ number, hash, parentHash, time: timestamp })
})

ponder.on('ShopPoints:Transfer', async ({ event, context }) => {
  const { from, to, value } = event.args
  const token = event.log.address
  await context.db.insert(transfer).values({
    blockNumber: event.block.number,
    logIndex: event.log.logIndex,
    transactionHash: event.transaction.hash,
    token,
    from,
    to,
    amount: value,
  })
  const moves = [
    { account: from, change: -value },
    { account: to, change: value },
  ]
  for (const { account, change } of moves) {
    if (account === zeroAddress) continue
    await context.db
      .insert(balance)
      .values({ token, account, amount: change })
      .onConflictDoUpdate((row) => ({ amount: row.amount + change }))
  }
})
