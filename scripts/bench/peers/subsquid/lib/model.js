const { EntitySchema } = require('typeorm')
const { bigintTransformer } = require('@subsquid/typeorm-store/lib/transformers')

class Row {
  constructor(values) {
    Object.assign(this, values)
  }
}
class Block extends Row {}
class Transfer extends Row {}
class Balance extends Row {}

const text = { type: 'text' }
const amount = { type: 'numeric', transformer: bigintTransformer }
const number = { type: 'int4' }

/** Squid's store wants one text as the key of every row. */
const entity = (target, name, columns) =>
  new EntitySchema({ target, name, tableName: name, columns: { id: { type: 'text', primary: true }, ...columns } })

exports.Block = Block
exports.Transfer = Transfer
exports.Balance = Balance
exports.entities = [
  entity(Block, 'block', { number, hash: text, parentHash: text, time: { ...amount } }),
  entity(Transfer, 'transfer', {
    blockNumber: number,
    logIndex: number,
    transactionHash: text,
    token: text,
    from: text,
    to: text,
    amount: { ...amount },
  }),
  entity(Balance, 'balance', { token: text, account: text, amount: { ...amount } }),
]
