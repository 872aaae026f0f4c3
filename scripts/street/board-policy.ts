import pg from 'pg'
import { type Address, decodeEventLog, toEventSelector } from 'viem'
import { boardAbi } from '#contracts/generated.ts'
import { dayOfPolicy, foundingPolicy, policyHash, readBoardPolicy } from '#indexer/scoring/board-policy.ts'
import { Complaint } from './complaint.ts'
import { contractView } from './contract-view.ts'
import { eventLogs } from './event-logs.ts'
import { blockAt, type Rpc } from './rpc.ts'

/** As OpenZeppelin's Governor numbers them. */
const states = ['waiting', 'being voted on', 'cancelled', 'defeated', 'won and not yet queued', 'queued', 'expired']
const carriedOut = 7

export interface BoardSeat {
  readonly rpc: Rpc
  readonly board: Address
  readonly startBlock: number
}

/**
 * The number of the board's decision on a text, by its hash; what anybody proposes and nobody carries out is none.
 * Throws where the chain knows of none.
 */
export async function decisionOn({ rpc, board, startBlock }: BoardSeat, hash: string): Promise<bigint> {
  const head = await blockAt(rpc, 'latest')
  const created = boardAbi.find((item) => item.type === 'event' && item.name === 'ProposalCreated')
  if (created === undefined || head === undefined) throw new Error('the chain has no block')
  const events = [toEventSelector(created as Extract<typeof created, { type: 'event' }>)]
  const proposed: bigint[] = []
  for await (const logs of eventLogs(rpc, { address: board, events, from: startBlock, to: head.number })) {
    for (const log of logs) {
      const event = decodeEventLog({ abi: boardAbi, eventName: 'ProposalCreated', ...log })
      if (event.args.description === hash) proposed.push(event.args.proposalId)
    }
  }
  const view = contractView(rpc, boardAbi, board)
  const stands: string[] = []
  for (const proposal of proposed) {
    const state = await view.read('state', [proposal])
    if (state === carriedOut) return proposal
    stands.push(states[state] ?? `in state ${state}`)
  }
  const found = stands.length === 0 ? 'nobody has proposed it' : `what was proposed is ${stands.join(', ')}`
  throw new Complaint(`The board has not decided on the text with the hash ${hash}: ${found}.`)
}

export interface Adopted {
  readonly version: number
  readonly hash: string
  readonly proposal: bigint
  /** Days since 1970-01-01 from which it holds. */
  readonly fromDay: number
  readonly was: 'adopted' | 'there already'
}

/** Writes a policy down that the board has decided on; whatever else it is, it is refused. */
export async function adoptPolicy(seat: BoardSeat, ownerUrl: string, document: string): Promise<Adopted> {
  const policy = readBoardPolicy(document)
  if (typeof policy === 'string') throw new Complaint(`This is no policy: ${policy}.`)
  const hash = policyHash(document)
  const proposal = await decisionOn(seat, hash)
  const head = await blockAt(seat.rpc, 'latest')
  // What was written for an earlier day does not reach back: multipliers were bounded by what held then.
  const fromDay = Math.max(dayOfPolicy(policy), Math.floor((head?.time ?? 0) / 86_400))
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('BEGIN; LOCK TABLE portal.board_policy IN EXCLUSIVE MODE')
    const { rows } = await client.query<{ version: number; hash: string; from_day: number }>(
      `SELECT b.version, encode(b.hash, 'hex') AS hash, b.from_day FROM portal.board_policy b
       WHERE b.shop = 0 ORDER BY b.version`,
    )
    const same = rows.find((row) => `0x${row.hash}` === hash)
    if (same !== undefined)
      return { version: same.version, hash, proposal, fromDay: same.from_day, was: 'there already' }
    const next = (rows.at(-1)?.version ?? foundingPolicy.version) + 1
    if (policy.version !== next) throw new Complaint(`This is version ${policy.version}; the next one is ${next}.`)
    await client.query(
      `INSERT INTO portal.board_policy (shop, version, document, hash, proposal, from_day, adopted_at)
       VALUES (0, $1, $2, decode($3, 'hex'), $4, $5, clock_timestamp())`,
      [policy.version, document, hash.slice(2), `${proposal}`, fromDay],
    )
    await client.query('COMMIT')
    return { version: policy.version, hash, proposal, fromDay, was: 'adopted' }
  } finally {
    await client.end()
  }
}
